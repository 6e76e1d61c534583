"""Shapes of prompts."""

from rest_framework import serializers

from performance.api.lists.derived import shape_like
from prospects.prompts.models import Prompt, PromptVersion


class PromptSerializer(serializers.ModelSerializer[Prompt]):
    """A prompt and the number of the version that new runs use."""

    active_version = serializers.IntegerField(source="active.number", default=None, allow_null=True)

    class Meta:
        model = Prompt
        fields = ["name", "description", "active_version"]


class PromptVersionSerializer(serializers.ModelSerializer[PromptVersion]):
    """An immutable text with the JSON schema of its answer."""

    prompt = serializers.CharField(source="prompt.name")
    schema = serializers.DictField()

    class Meta:
        model = PromptVersion
        fields = [
            "prompt",
            "number",
            "system",
            "template",
            "schema",
            "content_hash",
            "is_built_in",
            "note",
            "created_at",
        ]


PROMPT = shape_like(PromptSerializer)
PROMPT_VERSION = shape_like(PromptVersionSerializer)

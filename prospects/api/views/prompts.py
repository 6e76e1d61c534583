"""Prompts and their versions: read; authors write them in the admin."""

from django.db.models import QuerySet

from performance.api.lists.views import DetailView, ListView, tagged
from performance.api.reads.mixin import CachedReads
from prospects.api.serializers.prompts import PROMPT, PROMPT_VERSION, PromptSerializer, PromptVersionSerializer
from prospects.prompts.models import Prompt, PromptVersion


class PromptsView(CachedReads, ListView[Prompt]):
    """All prompts."""

    cache_tags = ("prompts",)
    required_permissions = {"GET": ["prospects.view_promptversion"]}
    serializer_class = PromptSerializer
    shape = PROMPT
    queryset = Prompt.objects.all()
    ordering = ("name",)


class PromptVersionsView(CachedReads, ListView[PromptVersion]):
    """The versions of a prompt, newest first."""

    cache_tags = tagged("prompt:{name}")
    required_permissions = {"GET": ["prospects.view_promptversion"]}
    serializer_class = PromptVersionSerializer
    shape = PROMPT_VERSION
    queryset = PromptVersion.objects.all()
    ordering = ("-number",)
    orderings = {"number": ("number",)}

    def rows(self) -> list[QuerySet[PromptVersion]]:
        return [self.get_queryset().filter(prompt__name=self.kwargs["name"])]

    def parent(self) -> QuerySet[Prompt]:
        return Prompt.objects.filter(name=self.kwargs["name"])


class PromptVersionView(CachedReads, DetailView[PromptVersion]):
    """One version, by its number."""

    cache_tags = tagged("prompt:{name}")
    required_permissions = {"GET": ["prospects.view_promptversion"]}
    serializer_class = PromptVersionSerializer
    shape = PROMPT_VERSION
    lookups = {"name": "prompt__name", "number": "number"}
    queryset = PromptVersion.objects.all()

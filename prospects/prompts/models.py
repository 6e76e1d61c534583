"""Prompts: named, with immutable versions; the built-in ones come from files."""

from django.conf import settings
from django.db import models

from performance.cache.declared import invalidates


class Prompt(models.Model):
    """A prompt by name. `active` is the version that new runs use."""

    name = models.SlugField(max_length=80, unique=True)
    description = models.CharField(max_length=255, blank=True)
    active = models.ForeignKey("PromptVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class PromptVersion(models.Model):
    """One immutable text: a system part, a template for the user part, and the JSON schema of the answer."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    system = models.TextField()
    template = models.TextField()
    schema = models.JSONField()
    content_hash = models.CharField(max_length=64)
    is_built_in = models.BooleanField(default=False)
    note = models.CharField(max_length=255, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "number"], name="promptversion_prompt_number"),
            models.UniqueConstraint(fields=["prompt", "content_hash"], name="promptversion_prompt_content"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt} v{self.number}"


invalidates(Prompt, "prompts", "prompt:{name}")
invalidates(PromptVersion, "prompts", lambda version: [f"prompt:{version.prompt.name}"])

"""Prompts and their versions: read; authors write them in the admin."""

from django.db.models import QuerySet
from rest_framework import generics

from prospects.api.serializers.prompts import PromptSerializer, PromptVersionSerializer
from prospects.prompts.models import Prompt, PromptVersion


class PromptsView(generics.ListAPIView[Prompt]):
    """All prompts."""

    required_permissions = {"GET": ["prospects.view_promptversion"]}
    serializer_class = PromptSerializer
    queryset = Prompt.objects.select_related("active")
    ordering = ("name",)


class PromptVersionsView(generics.ListAPIView[PromptVersion]):
    """The versions of a prompt, newest first."""

    required_permissions = {"GET": ["prospects.view_promptversion"]}
    serializer_class = PromptVersionSerializer
    queryset = PromptVersion.objects.none()
    ordering = ("-number",)

    def get_queryset(self) -> QuerySet[PromptVersion]:
        prompt = generics.get_object_or_404(Prompt, name=self.kwargs["name"])
        return PromptVersion.objects.filter(prompt=prompt).select_related("prompt")


class PromptVersionView(generics.RetrieveAPIView[PromptVersion]):
    """One version, by its number."""

    required_permissions = {"GET": ["prospects.view_promptversion"]}
    serializer_class = PromptVersionSerializer
    queryset = PromptVersion.objects.select_related("prompt")

    def get_object(self) -> PromptVersion:
        return generics.get_object_or_404(
            self.get_queryset(), prompt__name=self.kwargs["name"], number=self.kwargs["number"]
        )

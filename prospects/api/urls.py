"""The domain's addresses under /api/v1/. None ends in a slash; with one they are served too."""

from django.urls import URLPattern, URLResolver, path

from prospects.api.views import prompts

urlpatterns: list[URLPattern | URLResolver] = [
    path("prompts", prompts.PromptsView.as_view(), name="api-prompts"),
    path("prompts/<slug:name>/versions", prompts.PromptVersionsView.as_view(), name="api-prompt-versions"),
    path("prompts/<slug:name>/versions/<int:number>", prompts.PromptVersionView.as_view(), name="api-prompt-version"),
]

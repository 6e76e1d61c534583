"""Prompts and their immutable versions."""

from typing import Any

from django.contrib import admin
from django.forms import ModelChoiceField
from django.http import HttpRequest

from performance.admin.base import ReadOnlyAdmin, StaffAdmin
from prospects.prompts.models import Prompt, PromptVersion


@admin.register(Prompt)
class PromptAdmin(StaffAdmin):
    """Which version new runs use."""

    list_display = ["name", "active", "description"]
    list_select_related = ["active__prompt"]
    search_fields = ["name", "description"]
    readonly_fields = ["name"]
    ordering = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> ModelChoiceField | None:  # type: ignore[type-arg]
        """Only the prompt's own versions can be its active one."""
        if db_field.name == "active" and request.resolver_match is not None:
            own = PromptVersion.objects.filter(prompt=request.resolver_match.kwargs.get("object_id"))
            kwargs["queryset"] = own.select_related("prompt").order_by("-number")
        field: ModelChoiceField | None = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[type-arg]
        return field


@admin.register(PromptVersion)
class PromptVersionAdmin(ReadOnlyAdmin):
    list_display = ["prompt", "number", "is_built_in", "note", "created_by", "created_at"]
    list_select_related = ["prompt", "created_by"]
    list_filter = ["prompt", "is_built_in"]
    search_fields = ["prompt__name", "note"]
    ordering = ["-id"]

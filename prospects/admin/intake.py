"""Imports; they are worked on in the pages, and looked at here."""

from django.contrib import admin
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin, StaffAdmin
from prospects.intake.models import Import, ImportRow, SavedMapping


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = [
        "name", "source", "state", "row_count", "created_count", "updated_count", "refused_count", "owner",
        "created_at",
    ]  # fmt: skip
    list_select_related = ["owner"]
    list_filter = ["state", "format", "created_at"]
    search_fields = ["name", "source"]
    ordering = ["-id"]

    def view_on_site(self, import_run: Import) -> str:
        return reverse("import", args=[import_run.pk])


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    list_display = ["import_run", "line", "outcome", "reason", "prospect_id"]
    list_select_related = ["import_run", "settled"]
    list_filter = ["settled__outcome"]
    search_fields = ["=import_run__id", "=line"]
    ordering = ["-id"]


@admin.register(SavedMapping)
class SavedMappingAdmin(StaffAdmin):
    list_display = ["source", "owner", "updated_at"]
    list_select_related = ["owner"]
    autocomplete_fields = ["owner"]
    search_fields = ["source"]
    ordering = ["source"]

"""Exports."""

from django.contrib import admin
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin
from prospects.exports.models import Export


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ["id", "run_id", "format", "row_count", "error", "owner", "created_at"]
    list_select_related = ["owner"]
    list_filter = ["format"]
    search_fields = ["=run__batch__id"]
    ordering = ["-id"]

    def view_on_site(self, export: Export) -> str:
        return f"{reverse('run', args=[export.run_id])}?tab=exports"

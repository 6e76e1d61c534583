"""What was done to tables from the console."""

from django.contrib import admin

from performance.admin.base import ReadOnlyAdmin
from performance.database.tables.models import MaintenanceRun


@admin.register(MaintenanceRun)
class MaintenanceRunAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ["relation", "action", "state", "progress", "requested_by", "created_at", "finished_at"]
    list_filter = ["state", "action"]
    list_select_related = ["requested_by"]
    search_fields = ["relation"]
    ordering = ["-id"]

"""Archival: policies, runs and legal holds as they were written. They are made and changed on the console's page."""

from django.contrib import admin

from performance.admin.base import ReadOnlyAdmin
from performance.database.archival.models import ArchivalHold, ArchivalPolicy, ArchivalRun


@admin.register(ArchivalPolicy)
class ArchivalPolicyAdmin(ReadOnlyAdmin):
    list_display = ["name", "target", "action", "older_than_days", "condition", "cron", "is_enabled", "owner"]
    list_select_related = ["owner"]
    list_filter = ["action", "is_enabled"]
    search_fields = ["name", "target"]
    ordering = ["name"]


@admin.register(ArchivalRun)
class ArchivalRunAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ["id", "work", "target", "policy_name", "state", "rows", "child_rows", "stored_bytes", "error"]
    list_filter = ["state", "work"]
    search_fields = ["target", "policy_name"]
    ordering = ["-id"]


@admin.register(ArchivalHold)
class ArchivalHoldAdmin(ReadOnlyAdmin):
    """Newest first; those that were lifted stay."""

    list_display = ["__str__", "reason", "placed_by", "placed_at", "lifted_by", "lifted_at", "lift_reason"]
    list_select_related = ["placed_by", "lifted_by"]
    list_filter = [("lifted_at", admin.EmptyFieldListFilter)]
    search_fields = ["target", "subject_id", "reason"]
    ordering = ["-id"]

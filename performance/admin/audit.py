"""The audit log, as it was written."""

from django.contrib import admin

from performance.admin.base import ReadOnlyAdmin
from performance.audit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ["at", "actor_name", "via", "action", "subject", "outcome", "reason"]
    list_filter = ["outcome", "via"]
    search_fields = ["actor_name", "action", "subject"]
    ordering = ["-at"]

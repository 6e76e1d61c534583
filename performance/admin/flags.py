"""Feature flags."""

from django.contrib import admin

from performance.admin.base import StaffAdmin
from performance.flags.models import Flag


@admin.register(Flag)
class FlagAdmin(StaffAdmin):
    """A change is seen by every process within about ten seconds."""

    list_display = ["name", "rollout", "percentage", "description", "updated_at"]
    list_editable = ["rollout", "percentage"]
    search_fields = ["name", "description"]
    readonly_fields = ["updated_at"]
    ordering = ["name"]

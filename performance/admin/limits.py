"""Who may more, or less, than everybody."""

from django.contrib import admin

from performance.admin.base import StaffAdmin
from performance.limits.models import Allowance


@admin.register(Allowance)
class AllowanceAdmin(StaffAdmin):
    """A change is seen by every process within about six seconds."""

    list_display = ["policy", "user", "token", "tokens", "period_s", "burst", "note", "updated_at"]
    list_select_related = ["user", "token"]
    list_filter = ["policy"]
    search_fields = ["user__username", "token__name", "token__token_key", "note"]
    autocomplete_fields = ["user", "token"]
    fields = ["policy", "user", "token", "tokens", "period_s", "burst", "note", "updated_at"]
    readonly_fields = ["updated_at"]
    ordering = ["policy", "id"]

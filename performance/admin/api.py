"""What the API remembers."""

from django.contrib import admin

from performance.admin.base import ReadOnlyAdmin
from performance.api.models import IdempotencyKey


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    list_display = ["key", "owner", "status", "location", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["key"]
    ordering = ["-id"]

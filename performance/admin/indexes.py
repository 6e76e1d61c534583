"""What was advised on indexes, as it was kept; it is acted on at its page of the console, or by the API."""

from django.contrib import admin

from performance.admin.base import ReadOnlyAdmin
from performance.database.indexes.models import IndexAdvice


@admin.register(IndexAdvice)
class IndexAdviceAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ["title", "kind", "severity", "state", "gain_ms", "size_bytes", "seen_at"]
    list_filter = ["state", "kind", "severity"]
    search_fields = ["title", "table"]
    ordering = ["-seen_at", "-id"]

"""Web searches; asked in the pages and by the API, looked at here."""

from django.contrib import admin
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin
from prospects.search.models import SearchQuery, SearchResult, SearchSession


@admin.register(SearchSession)
class SearchSessionAdmin(ReadOnlyAdmin):
    list_display = ["id", "title", "engine", "country", "language", "batch_id", "owner", "created_at"]
    list_select_related = ["owner"]
    list_filter = ["engine"]
    search_fields = ["title"]
    ordering = ["-created_at", "-id"]

    def view_on_site(self, session: SearchSession) -> str:
        return reverse("search", args=[session.pk])


@admin.register(SearchQuery)
class SearchQueryAdmin(ReadOnlyAdmin):
    list_display = ["id", "session_id", "text", "state", "result_count", "is_cached", "cost_micros", "error"]
    list_filter = ["state", "is_cached"]
    search_fields = ["=session__id"]
    ordering = ["-id"]


@admin.register(SearchResult)
class SearchResultAdmin(ReadOnlyAdmin):
    list_display = ["id", "session_id", "query_id", "rank", "title", "domain", "is_denied"]
    search_fields = ["=session__id", "=domain"]
    ordering = ["-id"]

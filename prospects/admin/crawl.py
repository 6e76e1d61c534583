"""Crawls, and the hosts as they want to be asked."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from performance.admin.base import ReadOnlyAdmin
from prospects.crawl.models import CrawlHost, CrawlJob
from prospects.crawl.services import cancel_crawl, forget_robots


@admin.register(CrawlJob)
class CrawlJobAdmin(ReadOnlyAdmin):
    list_display = ["id", "site", "state", "stop_reason", "fetched", "refused", "failed", "owner", "created_at"]
    list_select_related = ["owner"]
    list_filter = ["state"]
    search_fields = ["=site"]
    autocomplete_fields = ["company"]
    ordering = ["-id"]
    actions = ["cancel"]

    @admin.action(description="Cancel", permissions=["operate"])
    def cancel(self, request: HttpRequest, rows: QuerySet[CrawlJob]) -> None:
        self.carry_out(request, list(rows.values_list("pk", flat=True)), call=cancel_crawl, said="{n} cancelled.")


@admin.register(CrawlHost)
class CrawlHostAdmin(ReadOnlyAdmin):
    list_display = ["origin", "robots_code", "robots_at", "delay_ms", "failures", "error", "next_at", "updated_at"]
    list_filter = ["robots_code"]
    search_fields = ["=origin"]
    exclude = ["robots"]
    ordering = ["origin"]
    actions = ["forget_robots"]

    @admin.action(description="Read robots.txt again", permissions=["operate"])
    def forget_robots(self, request: HttpRequest, rows: QuerySet[CrawlHost]) -> None:
        count = forget_robots(list(rows.values_list("pk", flat=True)))
        messages.success(request, f"robots.txt of {count} hosts will be read again before the next page.")

"""Pages that crawls read; shown in the pages, and looked at here."""

from django.contrib import admin
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin
from prospects.pages.models import Page, PageText


@admin.register(Page)
class PageAdmin(ReadOnlyAdmin):
    list_display = ["url", "site", "outcome", "code", "status", "kind", "change", "byte_count", "fetched_at"]
    list_filter = ["outcome", "change", "kind"]
    search_fields = ["=site", "=url"]
    raw_id_fields = ["text"]
    ordering = ["-fetched_at", "id"]

    def view_on_site(self, page: Page) -> str:
        return reverse("page", args=[page.pk])


@admin.register(PageText)
class PageTextAdmin(ReadOnlyAdmin):
    list_display = ["id", "visible_length", "length", "language", "created_at"]
    list_filter = ["language"]
    search_fields = ["=id"]
    exclude = ["body", "blocks", "words"]
    ordering = ["id"]

"""Saved filters; they are made on the page of prospects and over the API, and kept in order here."""

from django.contrib import admin

from performance.admin.base import StaffAdmin
from prospects.filters.models import SavedFilter


@admin.register(SavedFilter)
class SavedFilterAdmin(StaffAdmin):
    list_display = ["name", "search", "icp", "level", "country", "industry", "source", "owner", "updated_at"]
    list_select_related = ["icp", "owner"]
    autocomplete_fields = ["icp", "import_run", "owner"]
    search_fields = ["name"]
    ordering = ["name"]

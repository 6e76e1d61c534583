"""Batches of research, and what came of each company: written by jobs."""

from django.contrib import admin
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin
from performance.admin.batches import OfBatchAdmin
from prospects.research.models import ResearchBatch, ResearchItem


@admin.register(ResearchBatch)
class ResearchBatchAdmin(OfBatchAdmin):
    list_display = ["batch", "state", "done", "mode", "source", "owner", "created_at"]
    list_select_related = ["batch__owner"]
    list_filter = ["mode", "source", "batch__state"]

    def view_on_site(self, research: ResearchBatch) -> str:
        return reverse("research", args=[research.pk])


@admin.register(ResearchItem)
class ResearchItemAdmin(ReadOnlyAdmin):
    list_display = ["company", "outcome", "code", "quality", "value_count", "page_count", "research_id", "created_at"]
    list_select_related = ["company"]
    list_filter = ["outcome", "is_cached"]
    search_fields = ["=research__batch__id"]
    ordering = ["-id"]

    def view_on_site(self, item: ResearchItem) -> str:
        return reverse("research", args=[item.research_id])

"""Batches of research, and what came of each company: written by jobs."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin
from performance.jobs import services as jobs
from prospects.research.models import ResearchBatch, ResearchItem

OPERATE = ["operate"]


@admin.register(ResearchBatch)
class ResearchBatchAdmin(ReadOnlyAdmin):
    list_display = ["batch", "state", "done", "mode", "source", "owner", "created_at"]
    list_select_related = ["batch__owner"]
    list_filter = ["mode", "source", "batch__state"]
    search_fields = ["batch__title", "=batch__id"]
    ordering = ["-batch_id"]
    actions = ["pause", "resume", "cancel"]

    @admin.display(description="State", ordering="batch__state")
    def state(self, research: ResearchBatch) -> str:
        return research.batch.state

    @admin.display(description="Done")
    def done(self, research: ResearchBatch) -> str:
        batch = research.batch
        return f"{batch.succeeded + batch.dead + batch.parked + batch.cancelled:,} / {batch.total:,}"

    @admin.display(description="Owner", ordering="batch__owner")
    def owner(self, research: ResearchBatch) -> str:
        return str(research.batch.owner or "-")

    @admin.display(description="Started", ordering="batch__created_at")
    def created_at(self, research: ResearchBatch) -> Any:
        return research.batch.created_at

    def view_on_site(self, research: ResearchBatch) -> str:
        return reverse("research", args=[research.pk])

    @admin.action(description="Pause", permissions=OPERATE)
    def pause(self, request: HttpRequest, found: QuerySet[ResearchBatch]) -> None:
        reason = f"Paused by {request.user} in the admin."
        self.carry_out(request, _ids(found), call=partial(jobs.pause, reason=reason), said="{n} paused.")

    @admin.action(description="Resume", permissions=OPERATE)
    def resume(self, request: HttpRequest, found: QuerySet[ResearchBatch]) -> None:
        self.carry_out(request, _ids(found), call=jobs.resume, said="{n} resumed.")

    @admin.action(description="Cancel: what isn't begun never will be", permissions=OPERATE)
    def cancel(self, request: HttpRequest, found: QuerySet[ResearchBatch]) -> None:
        self.carry_out(request, _ids(found), call=jobs.cancel, said="{n} cancelled.")


def _ids(found: QuerySet[ResearchBatch]) -> list[int]:
    return list(found.values_list("pk", flat=True))


@admin.register(ResearchItem)
class ResearchItemAdmin(ReadOnlyAdmin):
    list_display = ["company", "outcome", "code", "quality", "value_count", "page_count", "research_id", "created_at"]
    list_select_related = ["company"]
    list_filter = ["outcome", "is_cached"]
    search_fields = ["=research__batch__id"]
    ordering = ["-id"]

    def view_on_site(self, item: ResearchItem) -> str:
        return reverse("research", args=[item.research_id])

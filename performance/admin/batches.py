"""What the admin shows of a batch of durable work and lets staff do with it, whatever its jobs are about."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from performance.admin.base import ReadOnlyAdmin
from performance.jobs import services
from performance.jobs.models import Batch

OPERATE = ["operate"]


class OperatedAdmin(ReadOnlyAdmin):
    """Rows whose keys are batches'."""

    actions = ["pause", "resume", "cancel"]

    def on_each(self, request: HttpRequest, rows: QuerySet[Any], call: Callable[[int], Any], said: str) -> None:
        self.carry_out(request, list(rows.values_list("pk", flat=True)), call=call, said=said)

    @admin.action(description="Pause", permissions=OPERATE)
    def pause(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        reason = f"Paused by {request.user} in the admin."
        self.on_each(request, rows, partial(services.pause, reason=reason), "{n} paused.")

    @admin.action(description="Resume", permissions=OPERATE)
    def resume(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self.on_each(request, rows, services.resume, "{n} resumed.")

    @admin.action(description="Cancel: what isn't begun never will be", permissions=OPERATE)
    def cancel(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self.on_each(request, rows, services.cancel, "{n} cancelled.")


class OfBatchAdmin(OperatedAdmin):
    """Rows that stand beside their batch and have its key: runs, research."""

    search_fields = ["batch__title", "=batch__id"]
    ordering = ["-batch_id"]

    @admin.display(description="State", ordering="batch__state")
    def state(self, row: Any) -> str:
        return str(row.batch.state)

    @admin.display(description="Done")
    def done(self, row: Any) -> str:
        return progress(row.batch)

    @admin.display(description="Owner", ordering="batch__owner")
    def owner(self, row: Any) -> str:
        return str(row.batch.owner or "-")

    @admin.display(description="Started", ordering="batch__created_at")
    def created_at(self, row: Any) -> Any:
        return row.batch.created_at


def progress(batch: Batch) -> str:
    return f"{batch.done:,} / {batch.total:,}"

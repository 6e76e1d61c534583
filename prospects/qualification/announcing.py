"""What webhooks tell of runs: that one finished, failed, was cancelled or paused.

The listeners are called in the transaction in which the batch ends or is paused, so the counts are its last.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from performance.jobs import listeners
from performance.jobs.models import Batch
from performance.webhooks import events
from performance.webhooks.emitting import emit, stamp
from performance.webhooks.events import EventType
from performance.webhooks.links import link
from prospects.qualification.models import FitLevel, Qualification, QualificationRun

_EXAMPLE: Mapping[str, Any] = {
    "id": 12,
    "title": "Monday's list",
    "state": "finished",
    "icp": "food-in-ohio",
    "icp_version": 3,
    "qualifier": "llm",
    "model": "gpt-5-mini",
    "total": 100,
    "succeeded": 97,
    "dead": 2,
    "parked": 1,
    "cancelled": 0,
    "fits": {"excellent": 20, "good": 35, "fair": 30, "poor": 15},
    "spent_micros": 412_300,
    "saved_micros": 20_100,
    "budget_micros": 1_000_000,
    "started_at": "2026-03-02T09:00:00.000000Z",
    "finished_at": "2026-03-02T09:04:10.000000Z",
    "links": {
        "run": "https://assay.example/api/v1/runs/12",
        "results": "https://assay.example/api/v1/runs/12/results",
        "page": "https://assay.example/runs/12/",
    },
}
_UNFINISHED = {
    **_EXAMPLE,
    "state": "paused",
    "succeeded": 40,
    "dead": 0,
    "parked": 0,
    "finished_at": None,
    "pause": {"code": "budget", "reason": "The budget of $1.00 is spent."},
}
FINISHED = EventType("run.finished", "A qualification run is done: at least one prospect was judged.", _EXAMPLE)
FAILED = EventType(
    "run.failed",
    "A qualification run is done and no prospect was judged as asked.",
    {**_EXAMPLE, "succeeded": 0, "dead": 100, "parked": 0},
)
CANCELLED = EventType(
    "run.cancelled",
    "A qualification run was cancelled; what was judged before is kept.",
    {**_EXAMPLE, "state": "cancelled", "succeeded": 40, "dead": 0, "parked": 0, "cancelled": 60},
)
PAUSED = EventType("run.paused", "A qualification run was paused, by a person or because it can't go on.", _UNFINISHED)


def register() -> None:
    """In AppConfig.ready."""
    events.register(FINISHED, FAILED, CANCELLED, PAUSED)
    listeners.on_end("qualification.run", run_ended)
    listeners.on_pause("qualification.run", run_paused)


def run_ended(run_id: int) -> None:
    batch = Batch.objects.get(pk=run_id)
    emit(_type_of(batch).name, lambda: told_of(run_id), at=batch.finished_at or timezone.now())


def run_paused(run_id: int) -> None:
    emit(PAUSED.name, lambda: told_of(run_id), at=timezone.now())


def told_of(run_id: int) -> Mapping[str, Any]:
    """An event's `data`. Money in micro-dollars; `pause` only of a run that is paused."""
    run: QualificationRun = QualificationRun.objects.for_detail().get(pk=run_id)
    batch = run.batch
    counts = {name: getattr(batch, name) for name in ("total", "succeeded", "dead", "parked", "cancelled")}
    money = {name: getattr(batch, name) for name in ("spent_micros", "saved_micros", "budget_micros")}
    fits = Qualification.objects.fit_counts(run)
    told = {
        "id": run_id,
        "title": batch.title,
        "state": batch.state,
        "icp": run.icp_version.icp.slug,
        "icp_version": run.icp_version.number,
        "qualifier": run.qualifier,
        "model": run.model,
        **counts,
        "fits": {level: fits.get(level, 0) for level in FitLevel.values},
        **money,
        "started_at": stamp(batch.started_at) if batch.started_at else None,
        "finished_at": stamp(batch.finished_at) if batch.finished_at else None,
        "links": {
            "run": link(f"/api/v1/runs/{run_id}"),
            "results": link(f"/api/v1/runs/{run_id}/results"),
            "page": link(f"/runs/{run_id}/"),
        },
    }
    if batch.state == Batch.State.PAUSED:
        told["pause"] = {"code": batch.pause_code, "reason": batch.pause_reason}
    return told


def _type_of(batch: Batch) -> EventType:
    if batch.state == Batch.State.CANCELLED:
        return CANCELLED
    return FINISHED if batch.succeeded else FAILED

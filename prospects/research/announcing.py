"""The end of a batch of research: what follows it is started, and webhooks are told that it finished or failed.

Both in the transaction in which the batch ends. Loaded by every process, so that what follows is loaded by its path.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from performance.jobs import listeners
from performance.jobs.models import Batch
from performance.webhooks import events
from performance.webhooks.emitting import emit, stamp
from performance.webhooks.events import EventType
from performance.webhooks.links import link
from prospects.research.models import ResearchBatch
from prospects.research.statistics import outcome_counts

KIND = "research.company"
FOLLOW = "prospects.research.following.follow"

_EXAMPLE: Mapping[str, Any] = {
    "id": 43,
    "title": "Research of prospects.csv",
    "state": "finished",
    "mode": "standard",
    "total": 100,
    "succeeded": 99,
    "dead": 1,
    "cancelled": 0,
    "outcomes": {"done": 90, "partial": 6, "failed": 4, "cached": 10, "changed": 55},
    "spent_micros": 12_300,
    "run": 44,
    "started_at": "2026-03-02T09:00:00.000000Z",
    "finished_at": "2026-03-02T09:04:10.000000Z",
    "links": {
        "status": "https://assay.example/api/v1/company/batch/43/status",
        "results": "https://assay.example/api/v1/company/batch/43/results",
        "page": "https://assay.example/research/43/",
    },
}
FINISHED = EventType("research.finished", "Research is done: of at least one company something was found.", _EXAMPLE)
FAILED = EventType(
    "research.failed",
    "Research is done or was cancelled, and nothing was found of any company.",
    {**_EXAMPLE, "succeeded": 0, "dead": 100, "outcomes": dict.fromkeys(_EXAMPLE["outcomes"], 0) | {"failed": 100}},
)


def register() -> None:
    """In AppConfig.ready."""
    events.register(FINISHED, FAILED)
    # In this order: what is told names the run that follows.
    listeners.on_end(KIND, follow)
    listeners.on_end(KIND, ended)


def follow(batch_id: int) -> None:
    """Start what follows (`research.following`)."""
    import_string(FOLLOW)(batch_id)


def ended(batch_id: int) -> None:
    """Tell that this batch has ended."""
    told = told_of(batch_id)
    found = told["outcomes"]["done"] + told["outcomes"]["partial"]
    batch = Batch.objects.get(pk=batch_id)
    emit((FINISHED if found else FAILED).name, lambda: told, at=batch.finished_at or timezone.now())


def told_of(batch_id: int) -> Mapping[str, Any]:
    """An event's `data`. Money in micro-dollars; `run` is None where none follows."""
    research = ResearchBatch.objects.select_related("batch").get(pk=batch_id)
    batch = research.batch
    return {
        "id": batch_id,
        "title": batch.title,
        "state": batch.state,
        "mode": research.mode,
        **{name: getattr(batch, name) for name in ("total", "succeeded", "dead", "cancelled")},
        "outcomes": outcome_counts(batch_id),
        "spent_micros": batch.spent_micros,
        "run": research.then_run_id,
        "started_at": stamp(batch.started_at) if batch.started_at else None,
        "finished_at": stamp(batch.finished_at) if batch.finished_at else None,
        "links": {
            "status": link(f"/api/v1/company/batch/{batch_id}/status"),
            "results": link(f"/api/v1/company/batch/{batch_id}/results"),
            "page": link(f"/research/{batch_id}/"),
        },
    }

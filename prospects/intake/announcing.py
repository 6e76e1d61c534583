"""What webhooks tell of imports: that one was committed."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from performance.webhooks import events
from performance.webhooks.emitting import emit, stamp
from performance.webhooks.events import EventType
from performance.webhooks.links import link
from prospects.intake.models import Import

COMMITTED = EventType(
    "import.committed",
    "An import's rows became prospects.",
    {
        "id": 7,
        "name": "prospects.csv",
        "source": "trade fair",
        "rows": 1200,
        "created": 1000,
        "updated": 150,
        "skipped": 30,
        "refused": 20,
        "committed_at": "2026-03-02T09:00:00.000000Z",
        "links": {
            "import": "https://assay.example/api/v1/imports/7",
            "errors": "https://assay.example/api/v1/imports/7/errors",
            "page": "https://assay.example/imports/7/",
        },
    },
)


def register() -> None:
    """In AppConfig.ready."""
    events.register(COMMITTED)


def announce_commit(run: Import) -> None:
    """Belongs in the transaction that commits it."""
    emit(COMMITTED.name, lambda: told_of(run), at=run.committed_at or timezone.now())


def told_of(run: Import) -> Mapping[str, Any]:
    """An event's `data`."""
    return {
        "id": run.pk,
        "name": run.name,
        "source": run.source,
        "rows": run.row_count,
        "created": run.created_count,
        "updated": run.updated_count,
        "skipped": run.skipped_count,
        "refused": run.refused_count,
        "committed_at": stamp(run.committed_at) if run.committed_at else None,
        "links": {
            "import": link(f"/api/v1/imports/{run.pk}"),
            "errors": link(f"/api/v1/imports/{run.pk}/errors"),
            "page": link(f"/imports/{run.pk}/"),
        },
    }

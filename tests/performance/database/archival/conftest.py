"""Old rows of the platform's own, and runs that are worked without a worker."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from performance.audit.models import AuditEntry
from performance.database.archival import runs
from performance.database.archival.chunks import archive_chunk
from performance.database.archival.models import ArchivalRun
from performance.database.archival.restoring import restore_chunk
from performance.database.archival.runs import Wish
from performance.jobs.models import Batch, Job
from tests.factories import make_batch, make_job

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def ended_batch(*, days: int, **fields: Any) -> Batch:
    """One that ended so many days ago."""
    return make_batch(state="finished", finished_at=AT - timedelta(days=days), **fields)


def ended_jobs(number: int, *, batch: Batch, **fields: Any) -> list[Job]:
    return [make_job(batch=batch, state="succeeded", **fields) for _ in range(number)]


def wish(action: str = "move", *, target: str = "jobs", older_than_days: int = 30, condition: str = "") -> Wish:
    return Wish(target=target, action=action, older_than_days=older_than_days, condition=condition)


def started(wanted: Wish, **fields: Any) -> ArchivalRun:
    return runs.start(wanted, at=fields.pop("at", AT), owner=None, **fields)


def done(run: ArchivalRun, *, limit: int = 1_000) -> ArchivalRun:
    """The run, worked to its end."""
    step = restore_chunk if run.work == "restore" else lambda pk: archive_chunk(pk, limit=limit)
    while not step(run.pk):
        pass
    run.refresh_from_db()
    return run


def archived(wanted: Wish, *, limit: int = 1_000, **fields: Any) -> ArchivalRun:
    return done(started(wanted, **fields), limit=limit)


def old_entries(number: int, *, days: int = 200, **fields: Any) -> list[AuditEntry]:
    """Entries of the audit log, one an hour, the newest so many days old."""
    at = AT - timedelta(days=days)
    made = [
        AuditEntry(
            **{"via": "api", "action": "cache.warm", "outcome": "done", "subject": f"s{n}"} | fields,
            at=at - timedelta(hours=n),
        )
        for n in range(number)
    ]
    return AuditEntry.objects.bulk_create(made)


def texts(table: str) -> list[str]:
    """All rows of a table, each as PostgreSQL writes it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
        return [text for (text,) in cursor.fetchall()]


@pytest.fixture(autouse=True)
def _nobody_wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests work on the runs themselves; nothing is sent to a broker."""
    monkeypatch.setattr("performance.jobs.wake.publish", lambda *_, **__: True)

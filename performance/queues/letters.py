"""Dead letters of a queue in one list: Celery's tasks that gave up or were purged, and durable jobs that are dead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from performance.api.errors import DomainError
from performance.api.keyset import Cursor, NotOurs, OfAnotherList, decode, signed
from performance.jobs.models import Job
from performance.queues.models import DeadTask
from performance.queues.names import kinds_of

TASK, JOB = "task", "job"
_ORDER = ("-failed_at", "-source", "-pk")
_LIST = "dead-letters"


class BadCursor(DomainError):
    """The cursor isn't one of this list's: begin at the first page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of them. `task` is a task's name or a kind of job; `error` an exception's class or an error's code."""

    source: str = ""
    task: str = ""
    error: str = ""
    why: str = ""
    since: datetime | None = None
    is_unanswered: bool = False

    @property
    def is_any(self) -> bool:
        """Nothing was asked for."""
        return self == Wanted()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`id` is "task-…" or "job-…". Of a job `task` is its kind, `retries` its attempts."""

    id: str
    source: str
    task: str
    queue: str
    why: str
    error: str
    message: str
    traceback: str
    arguments: Mapping[str, Any]
    is_replayable: bool
    retries: int
    runtime_ms: int | None
    worker: str
    failed_at: datetime
    task_id: str = ""
    retry_of: str = ""
    retried_at: datetime | None = None
    retried_as: str = ""
    replayed_at: datetime | None = None
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    letters: Sequence[Letter]
    next_cursor: str


def page(queue: str, wanted: Wanted, *, cursor: str = "", limit: int = 50) -> Page:
    """Newest first, `limit` at most. Raises BadCursor. Two statements."""
    place = _place(cursor)
    found = [_of_task(row) for row in _before(tasks(queue, wanted), "failed_at", TASK, place)[: limit + 1]]
    found += [_of_job(row, queue) for row in _before(jobs(queue, wanted), "finished_at", JOB, place)[: limit + 1]]
    found.sort(key=_key, reverse=True)
    shown = found[:limit]
    has_more = len(found) > limit
    return Page(shown, signed(Cursor(_text(_key(shown[-1]))), _ORDER, of=_LIST) if has_more else "")


def tasks(queue: str, wanted: Wanted) -> "QuerySet[DeadTask]":
    rows: QuerySet[DeadTask] = DeadTask.objects.filter(queue=queue)
    if wanted.source == JOB:
        return rows.none()
    same = {"task": wanted.task, "error": wanted.error, "why": wanted.why}
    rows = rows.filter(**{name: value for name, value in same.items() if value})
    if wanted.since:
        rows = rows.filter(failed_at__gte=wanted.since)
    return rows.filter(retried_at__isnull=True) if wanted.is_unanswered else rows


def jobs(queue: str, wanted: Wanted) -> "QuerySet[Job]":
    rows: QuerySet[Job] = Job.objects.filter(state=Job.State.DEAD, kind__in=kinds_of(queue), finished_at__isnull=False)
    if wanted.source == TASK or wanted.why not in ("", DeadTask.Why.FAILED):
        return rows.none()
    same = {"kind": wanted.task, "error_code": wanted.error}
    rows = rows.filter(**{name: value for name, value in same.items() if value})
    return rows.filter(finished_at__gte=wanted.since) if wanted.since else rows


def _before(rows: "QuerySet[Any]", field: str, source: str, place: tuple[datetime, str, int] | None) -> "QuerySet[Any]":
    """What the list has after this place: older, or as old and further down."""
    rows = rows.order_by(f"-{field}", "-pk")
    if place is None:
        return rows
    at, of, pk = place
    if source == of:
        older = rows.filter(**{f"{field}__lt": at}) | rows.filter(**{field: at, "pk__lt": pk})
        return older.filter(**{f"{field}__lte": at})
    return rows.filter(**{f"{field}__{'lte' if source < of else 'lt'}": at})


def _place(cursor: str) -> tuple[datetime, str, int] | None:
    if not cursor:
        return None
    try:
        at, source, pk = decode(cursor, _ORDER, of=_LIST).values
    except (NotOurs, OfAnotherList) as error:
        raise BadCursor from error
    return datetime.fromisoformat(at), source, pk


def _key(letter: Letter) -> tuple[datetime, str, int]:
    return letter.failed_at, letter.source, int(letter.id.partition("-")[2])


def _text(key: tuple[datetime, str, int]) -> tuple[str, str, int]:
    return key[0].isoformat(), key[1], key[2]


def _of_task(row: DeadTask) -> Letter:
    same = (
        *("task", "queue", "why", "error", "message", "traceback", "arguments", "is_replayable", "retries"),
        *("runtime_ms", "worker", "failed_at", "task_id", "retry_of", "retried_at", "retried_as", "replayed_at"),
    )
    return Letter(id=f"{TASK}-{row.pk}", source=TASK, **{name: getattr(row, name) for name in same})


def _of_job(row: Job, queue: str) -> Letter:
    assert row.finished_at is not None  # noqa: S101 - the queryset has no other
    return Letter(
        id=f"{JOB}-{row.pk}",
        source=JOB,
        task=row.kind,
        queue=queue,
        why=DeadTask.Why.FAILED,
        error=row.error_code,
        message=row.error,
        traceback="",
        arguments={"kwargs": {"subject_id": row.subject_id, **row.input}},
        is_replayable=True,
        retries=row.attempts,
        runtime_ms=row.run_ms,
        worker=row.worker,
        failed_at=row.finished_at,
        batch_id=row.batch_id,
    )

"""T0: a batch and its jobs in one transaction, and the wake-up when it has committed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from performance.jobs import batches, wake
from performance.jobs.errors import NothingToDo, OutOfRange, UnknownKind
from performance.jobs.kinds import Kind, kind_named, queues_by_kind
from performance.jobs.models import Batch, Priority


@dataclass(frozen=True, slots=True)
class Subject:
    """What one job is about. `input` is the job's own, for `ClaimedJob.input`."""

    subject_id: int
    input: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How a batch is worked. Money in micro-dollars; 0 allows free calls only.

    `fingerprint` (64 hex) names the work: while a batch with the same one is unfinished, it is returned instead.
    `max_attempts` None takes the kind's policy; `delay_ms` is how long a lane rests after each job.
    """

    owner: Any = None
    title: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    priority: int = Priority.NORMAL
    concurrency: int = 50
    delay_ms: int = 0
    max_attempts: int | None = None
    on_unknown: str = Batch.OnUnknown.PARK
    budget_micros: int = 0
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """The batch, and whether this call made it."""

    batch: Batch
    is_new: bool


def submit_batch(*, kind: str, subjects: Sequence[Subject], options: BatchOptions | None = None) -> Submission:
    """Store a batch with a job for each subject, and wake a worker on commit.

    Atomic, also inside a caller's transaction. Repeated with the fingerprint of an unfinished batch it changes
    nothing and returns that one. Raises UnknownKind, NothingToDo and OutOfRange.
    """
    options = options or BatchOptions()
    work = _checked(kind, subjects=subjects, options=options)
    while True:
        if options.fingerprint and (batch := _active(kind, options.fingerprint)):
            return Submission(batch, is_new=False)
        try:
            with transaction.atomic():
                batch = _insert(work, subjects=subjects, options=options)
        except IntegrityError as error:
            # Somebody submitted the same work between the look and the insert: look again.
            if "batch_active_fingerprint" not in str(error):
                raise
            continue
        return Submission(batch, is_new=True)


def _checked(kind: str, *, subjects: Sequence[Subject], options: BatchOptions) -> Kind[Any]:
    if kind not in queues_by_kind():
        raise UnknownKind(f"No kind of job is called {kind!r}.")
    if not subjects:
        raise NothingToDo("There is nothing to do: the batch has no subjects.")
    if len({subject.subject_id for subject in subjects}) != len(subjects):
        raise NothingToDo("A subject is named twice in this batch.")
    if not 1 <= options.concurrency <= settings.JOB_MAX_IN_FLIGHT:
        raise OutOfRange(
            f"Concurrency is {options.concurrency}, but it must be between 1 and {settings.JOB_MAX_IN_FLIGHT}"
            " (JOB_MAX_IN_FLIGHT)."
        )
    if options.budget_micros < 0 or options.delay_ms < 0 or (options.max_attempts or 1) < 1:
        raise OutOfRange("A budget and a delay can't be negative, and a job needs at least one attempt.")
    if options.priority not in Priority.values or options.on_unknown not in Batch.OnUnknown.values:
        raise OutOfRange(f"Unknown priority {options.priority!r} or unknown-outcome policy {options.on_unknown!r}.")
    return kind_named(kind)


def _active(kind: str, fingerprint: str) -> Batch | None:
    batch: Batch | None = Batch.objects.active().filter(kind=kind, fingerprint=fingerprint).first()
    return batch


def _insert(kind: Kind[Any], *, subjects: Sequence[Subject], options: BatchOptions) -> Batch:
    batch = Batch.objects.create(
        kind=kind.name,
        title=options.title,
        owner=options.owner,
        params=dict(options.params),
        priority=options.priority,
        concurrency=options.concurrency,
        delay_ms=options.delay_ms,
        max_attempts=options.max_attempts or kind.policy.max_attempts,
        on_unknown=options.on_unknown,
        fingerprint=options.fingerprint,
        budget_micros=options.budget_micros,
        total=len(subjects),
    )
    _copy_jobs(batch, subjects)
    batches.make_slots(batch.pk, concurrency=batch.concurrency)
    slots = len(batches.slot_shares(batch.concurrency))
    wake.publish_on_commit(kind.queue, priority=batch.priority, count=slots)
    return batch


def _copy_jobs(batch: Batch, subjects: Sequence[Subject]) -> None:
    statement = "COPY performance_job (batch_id, kind, subject_id, input) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for subject in subjects:
            body = orjson.dumps(subject.input, option=orjson.OPT_NON_STR_KEYS).decode() if subject.input else "{}"
            copy.write_row((batch.pk, batch.kind, subject.subject_id, body))

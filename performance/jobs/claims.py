"""T1: who works on what. Claim, give back, renew; the database's clock only.

`synchronous_commit` stays on for claims: after a crash a lost commit would hand out the same fence twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

from performance.jobs import announcing, batches, ledger
from performance.jobs.kinds import ClaimedJob, queues_json
from performance.queues.resting import IS_RESTING

# %(queues)s is the queue of each kind, as JSON: SQL knows none, and a batch of a paused queue isn't claimed from.
# Without MATERIALIZED the planner may run the locking SELECT more than once and claim more than LIMIT.
CLAIM = """
WITH c AS MATERIALIZED (
    SELECT id FROM performance_job
    WHERE batch_id = %(batch)s AND state = 'ready' AND available_at <= now()
      AND EXISTS (SELECT FROM performance_batch
                  WHERE id = %(batch)s AND state = 'running' AND cancel_requested_at IS NULL
                  AND NOT {is_resting})
    ORDER BY available_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE performance_job j
SET state = 'leased', fence = fence + 1, worker = %(worker)s, started_at = coalesce(started_at, now()),
    lease_until = now() + make_interval(secs => %(lease)s)
FROM c WHERE j.id = c.id
RETURNING j.id, j.subject_id, j.fence, j.attempts, j.input::text, j.cohort_limit
""".replace("{is_resting}", IS_RESTING.format(queue="(%(queues)s::jsonb ->> kind)"))
_DUE_SOON = """
SELECT EXISTS (SELECT FROM performance_job
    WHERE batch_id = %s AND state = 'ready' AND available_at <= now() + make_interval(secs => %s))
"""
_START = "UPDATE performance_batch SET started_at = now() WHERE id = %s AND started_at IS NULL RETURNING kind"
_RENEW = """
UPDATE performance_job j SET lease_until = now() + make_interval(secs => %(lease)s)
FROM unnest(%(ids)s::bigint[], %(fences)s::int[]) AS held(id, fence)
WHERE j.id = held.id AND j.fence = held.fence AND j.state = 'leased' RETURNING j.id
"""
_RELEASE = """
UPDATE performance_job j SET state = 'ready', lease_until = NULL, worker = ''
FROM unnest(%(ids)s::bigint[], %(fences)s::int[]) AS held(id, fence)
WHERE j.id = held.id AND j.fence = held.fence AND j.state = 'leased' RETURNING j.id
"""
_DISOWN = """
UPDATE performance_job SET state = 'ready', lease_until = NULL, worker = ''
WHERE state = 'leased' AND worker = %(worker)s AND NOT id = ANY(%(ids)s::bigint[]) RETURNING id
"""
_ALONE = """
UPDATE performance_job SET cohort_limit = 0
WHERE id = %s AND fence = %s AND state = 'leased' AND cohort_limit IS NOT NULL RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased job, and how many may be in flight beside it (None: no limit)."""

    job: ClaimedJob
    cohort_limit: int | None


def claim(*, batch_id: int, params: Mapping[str, Any], limit: int, worker: str) -> list[Claim]:
    """At most `limit` ready jobs of a running batch, oldest first, leased to `worker` under a new fence."""
    with transaction.atomic(), connection.cursor() as cursor:
        wanted: dict[str, Any] = {"batch": batch_id, "limit": limit, "worker": worker, "queues": queues_json()}
        cursor.execute(CLAIM, {**wanted, "lease": settings.JOB_LEASE_S})
        rows = cursor.fetchall()
        if rows:
            cursor.execute(_START, [batch_id])
            if (started := cursor.fetchone()) is not None:
                announcing.changed(batch_id, started[0])
    return [
        Claim(
            ClaimedJob(
                id=job_id,
                batch_id=batch_id,
                subject_id=subject_id,
                fence=fence,
                attempt=attempts + 1,
                input={} if text == "{}" else orjson.loads(text),
                params=params,
            ),
            cohort_limit,
        )
        for job_id, subject_id, fence, attempts, text, cohort_limit in sorted(rows)
    ]


def is_due_soon(batch_id: int, *, within_s: float) -> bool:
    """Whether a job of the batch may be claimed within that time."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_SOON, [batch_id, within_s])
        row = cursor.fetchone()
    return bool(row and row[0])


def renew(jobs: Sequence[ClaimedJob]) -> set[int]:
    """The ids of the jobs that are still held by these fences, leased anew."""
    return _held(_RENEW, jobs)


def release(jobs: Sequence[ClaimedJob]) -> set[int]:
    """Give back what wasn't launched: ready at once, no attempt used."""
    with transaction.atomic():
        return _held(_RELEASE, jobs)


def disown(*, worker: str, held: Sequence[int]) -> int:
    """Give back what this worker leased without knowing it, after a commit whose answer was lost."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_DISOWN, {"worker": worker, "ids": list(held)})
        given_back = [job_id for (job_id,) in cursor.fetchall()]
        changes = batches.Changes()
        ledger.release_reserved(given_back, changes=changes)
        batches.apply(changes)
    return len(given_back)


def mark_alone(job: ClaimedJob) -> bool:
    """Say that this job runs alone in its process, so that its worker's death counts against it."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [job.id, job.fence])
        return cursor.fetchone() is not None


def _held(statement: str, jobs: Sequence[ClaimedJob]) -> set[int]:
    ordered = sorted(jobs, key=lambda job: job.id)
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "ids": [job.id for job in ordered],
                "fences": [job.fence for job in ordered],
                "lease": settings.JOB_LEASE_S,
            },
        )
        return {job_id for (job_id,) in cursor.fetchall()}

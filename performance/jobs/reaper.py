"""Takes back what dead workers held.

A job whose worker died is ready again at once, with its old place in the queue: with a new one it would wait for the
whole rest of its batch. To find the poison pill among the many that were in flight, without blaming the others, each
death halves the crowd that the interrupted jobs may run in, from twice what was leased (four times what may be in
flight, so the first three deaths slow nothing) down to one. Only a job that ran alone in its process when that died
has an interruption counted against it, and three kill it. Jobs are launched in the order of their ids: what was leased
beyond the batch's concurrency was only held, and is under no suspicion.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from performance.cache import invalidation
from performance.jobs import batches, ledger
from performance.jobs.kinds import ClaimedJob, Stuck, kind_named

logger = logging.getLogger(__name__)
MOST_INTERRUPTIONS = 3
# What the column holds.
WIDEST = 32_767
REAP_CHUNK = 2000
POISON = "poison"

EXPIRED = """
SELECT id, worker, cohort_limit, interruptions, batch_id,
    (SELECT concurrency FROM performance_batch b WHERE b.id = batch_id)
FROM performance_job
WHERE state = 'leased' AND lease_until < now() ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_TAKE_BACK = """
UPDATE performance_job j SET lease_until = NULL, worker = '',
    state = CASE WHEN g.interruptions >= %(most)s THEN 'dead' ELSE 'ready' END,
    interruptions = g.interruptions, cohort_limit = g.cohort,
    finished_at = CASE WHEN g.interruptions >= %(most)s THEN now() END,
    error_code = CASE WHEN g.interruptions >= %(most)s THEN %(code)s ELSE j.error_code END,
    error = CASE WHEN g.interruptions >= %(most)s THEN %(error)s ELSE j.error END
FROM unnest(%(ids)s::bigint[], %(interruptions)s::int[], %(cohorts)s::int[]) AS g(id, interruptions, cohort)
WHERE j.id = g.id RETURNING j.id, j.batch_id, j.kind, j.subject_id, j.fence, j.attempts, j.input, j.state
"""


def reap() -> int:
    """One pass over the leases that ran out; how many jobs were taken back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(EXPIRED, [REAP_CHUNK])
            expired = cursor.fetchall()
        if not expired:
            return 0
        changes = batches.Changes()
        ledger.release_reserved([row[0] for row in expired], changes=changes)
        taken = _take_back(expired)
        _bury([row for row in taken if row[-1] == "dead"], changes=changes)
        batches.apply(changes)
        # What their worker had committed, and not announced when it died, nobody knows.
        invalidation.everything()
    return len(taken)


def after_death(*, cohort_limit: int | None, interruptions: int, crowd: int) -> tuple[int, int]:
    """The (interruptions, cohort limit) of a job whose worker died with `crowd` jobs leased. 0 is "ran alone"."""
    if cohort_limit == 0:
        return interruptions + 1, 1
    return interruptions, min(2 * crowd, WIDEST) if cohort_limit is None else max(1, cohort_limit // 2)


def _verdicts(expired: Sequence[Any]) -> Iterator[tuple[int, int | None]]:
    """The (interruptions, cohort limit) of each, in their order, which is that of their ids."""
    crowds = Counter(worker for _, worker, *_ in expired)
    passed: Counter[tuple[str, int]] = Counter()
    for _, worker, limit, interruptions, batch_id, concurrency in expired:
        passed[worker, batch_id] += 1
        if passed[worker, batch_id] > concurrency:
            yield interruptions, limit
        else:
            yield after_death(cohort_limit=limit, interruptions=interruptions, crowd=crowds[worker])


def _take_back(expired: Sequence[Any]) -> list[Any]:
    verdicts = list(_verdicts(expired))
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_BACK,
            {
                "ids": [row[0] for row in expired],
                "interruptions": [interruptions for interruptions, _ in verdicts],
                "cohorts": [cohort for _, cohort in verdicts],
                "most": MOST_INTERRUPTIONS,
                "code": POISON,
                "error": f"Its worker died {MOST_INTERRUPTIONS} times while it ran alone.",
            },
        )
        return list(cursor.fetchall())


def _bury(dead: Sequence[Any], *, changes: batches.Changes) -> None:
    """Tell the kinds, as if the job had died by itself, and count."""
    by_kind: dict[str, list[Stuck]] = {}
    for job_id, batch_id, kind, subject_id, fence, attempts, job_input, _ in dead:
        job = ClaimedJob(job_id, batch_id, subject_id, fence, attempts, job_input, {})
        reason = f"Its worker died {MOST_INTERRUPTIONS} times while it ran alone."
        by_kind.setdefault(kind, []).append(Stuck(job, "dead", POISON, reason))
        changes[batch_id].dead += 1
    for kind, jobs in by_kind.items():
        _tell(kind, jobs)


def _tell(kind: str, jobs: Sequence[Stuck]) -> None:
    """A kind that fails at it, or that isn't installed any more, doesn't hold up the jobs of all others."""
    try:
        with transaction.atomic():
            kind_named(kind).stuck(jobs)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("%s was not told of %d dead jobs", kind, len(jobs))

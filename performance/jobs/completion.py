"""T5: what became of claimed jobs, in one transaction with their results, refused to a holder whose fence is old."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection, transaction

from performance.database.text import storable
from performance.jobs import announcing, batches, listeners
from performance.jobs.batches import Changes
from performance.jobs.kinds import ClaimedJob, Finished, JobError, Postponed, Stuck, kind_named
from performance.jobs.settlement import Settlement, settle

logger = logging.getLogger(__name__)

_COMPLETE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(fences)s::int[], %(states)s::text[], %(delays)s::float8[],
        %(attempts)s::int[], %(codes)s::text[], %(errors)s::text[], %(keys)s::text[], %(costs)s::bigint[],
        %(hits)s::int[], %(runs)s::int[])
        AS g(id, fence, state, delay_s, attempts, code, error, key, cost, hits, run_ms)
), old AS MATERIALIZED (
    SELECT j.id FROM performance_job j JOIN given g ON g.id = j.id
    WHERE j.fence = g.fence AND j.state = 'leased' ORDER BY j.id FOR UPDATE OF j
)
UPDATE performance_job j
SET state = g.state, lease_until = NULL, attempts = j.attempts + g.attempts,
    available_at = CASE WHEN g.state = 'ready' THEN now() + make_interval(secs => g.delay_s) ELSE j.available_at END,
    finished_at = CASE WHEN g.state = 'ready' THEN NULL ELSE now() END,
    cohort_limit = CASE WHEN g.state = 'ready' AND j.cohort_limit = 0 THEN 1 ELSE j.cohort_limit END,
    error_code = g.code, error = g.error, parked_key = g.key, run_ms = coalesce(g.run_ms, j.run_ms),
    cost_micros = j.cost_micros + g.cost, ledger_hits = least(j.ledger_hits + g.hits, 32767)
FROM given g JOIN old ON old.id = g.id
WHERE j.id = g.id AND j.fence = g.fence AND j.state = 'leased' RETURNING j.id
"""
_PAUSE = """
UPDATE performance_batch SET state = 'paused', pause_code = %s, pause_reason = %s, updated_at = now()
WHERE id = %s AND state = 'running' RETURNING kind
"""
ERROR_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claimed job. `state`: succeeded (with `finished`), ready, dead or parked."""

    job: ClaimedJob
    kind: str
    state: str
    finished: Finished[Any] | None = None
    delay_s: float = 0.0
    attempts: int = 0
    code: str = ""
    reason: str = ""
    parked_key: str = ""
    cost_micros: int = 0
    saved_micros: int = 0
    ledger_hits: int = 0
    run_ms: int | None = None
    pauses_batch: bool = False
    error: JobError | None = None


@dataclass(frozen=True, slots=True)
class Flush:
    """Everything that one transaction stores: T4 for calls, T5 for jobs. Memory of the process in MB."""

    settlements: Sequence[Settlement]
    outcomes: Sequence[Outcome]
    memory_mb: int = 0


def store(flush: Flush) -> int:
    """Write it all in one transaction; how many outcomes were refused because their fence was old."""
    with transaction.atomic():
        changes = Changes()
        settle(flush.settlements, changes=changes)
        accepted = complete(flush.outcomes, changes=changes, memory_mb=flush.memory_mb)
        batches.apply(changes)
    refused = len(flush.outcomes) - len(accepted)
    if refused:
        logger.warning("refused %d stale completions", refused)
    return refused


def complete(outcomes: Sequence[Outcome], *, changes: Changes, memory_mb: int = 0) -> set[int]:
    """The fenced writes for jobs, their kinds' results, and the counts. The ids of the jobs that were still ours."""
    accepted: set[int] = set()
    for kind in sorted({outcome.kind for outcome in outcomes}):
        own = [outcome for outcome in outcomes if outcome.kind == kind]
        accepted |= _complete_kind(kind, own, changes=changes)
    held = [outcome for outcome in outcomes if outcome.job.id in accepted]
    for outcome in held:
        changes[outcome.job.batch_id].peak_memory_mb = memory_mb
    halting = {outcome.job.batch_id: outcome for outcome in reversed(held) if outcome.pauses_batch}
    for batch_id in sorted(halting):
        pause(batch_id, code=halting[batch_id].code, reason=halting[batch_id].reason)
    return accepted


def pause(batch_id: int, *, code: str, reason: str) -> bool:
    """Compare-and-set running to paused; the first reason stays."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_PAUSE, [code[:40], reason[:ERROR_LENGTH], batch_id])
            row = cursor.fetchone()
        if row is not None:
            announcing.changed(batch_id, row[0])
            listeners.tell_paused(row[0], batch_id)
    return row is not None


def _complete_kind(kind: str, outcomes: Sequence[Outcome], *, changes: Changes) -> set[int]:
    """All at once; if a result can't be stored, each by itself, so that one bad row fails alone."""
    try:
        return _attempt(kind, outcomes, changes=changes)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 (the guard per work item: it is recorded on the job's row)
        if len(outcomes) == 1:
            return _attempt(kind, [_unstorable(outcomes[0], error)], changes=changes)
    accepted: set[int] = set()
    for outcome in outcomes:
        accepted |= _complete_kind(kind, [outcome], changes=changes)
    return accepted


def _attempt(kind: str, outcomes: Sequence[Outcome], *, changes: Changes) -> set[int]:
    with transaction.atomic():
        accepted = _write(outcomes)
        held = [outcome for outcome in outcomes if outcome.job.id in accepted]
        work = kind_named(kind)
        _tell(work.store, [outcome.finished for outcome in held if outcome.finished is not None])
        _tell(work.stuck, [_stuck(outcome) for outcome in held if outcome.state in {"dead", "parked"}])
        again = [outcome for outcome in held if outcome.state == "ready"]
        _tell(work.postponed, [Postponed(each.job, each.error, each.delay_s) for each in again if each.error])
    for outcome in held:
        _count(outcome, changes=changes)
    return accepted


def _tell(hook: Callable[[Sequence[Any]], None], rows: Sequence[Any]) -> None:
    if rows:
        hook(rows)


def _stuck(outcome: Outcome) -> Stuck:
    return Stuck(outcome.job, outcome.state, outcome.code, outcome.reason, outcome.error)


def _unstorable(outcome: Outcome, error: Exception) -> Outcome:
    """A result that the kind or the database refuses would be refused again: the job is dead, and says why."""
    logger.exception("job %s: its result can't be stored", outcome.job.id, exc_info=error)
    code = "database" if isinstance(error, DatabaseError) else type(error).__name__.lower()
    return replace(
        outcome,
        state="dead",
        finished=None,
        attempts=1,
        code=code,
        reason=f"The result can't be stored: {error}",
        error=None,
    )


def _write(outcomes: Sequence[Outcome]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _COMPLETE,
            {
                "ids": [each.job.id for each in outcomes],
                "fences": [each.job.fence for each in outcomes],
                "states": [each.state for each in outcomes],
                "delays": [each.delay_s for each in outcomes],
                "attempts": [each.attempts for each in outcomes],
                "codes": [each.code[:40] for each in outcomes],
                "errors": [storable(each.reason[:ERROR_LENGTH]) for each in outcomes],
                "keys": [each.parked_key for each in outcomes],
                "costs": [each.cost_micros for each in outcomes],
                "hits": [each.ledger_hits for each in outcomes],
                "runs": [each.run_ms for each in outcomes],
            },
        )
        return {job_id for (job_id,) in cursor.fetchall()}


def _count(outcome: Outcome, *, changes: Changes) -> None:
    change = changes[outcome.job.batch_id]
    change.saved_micros += outcome.saved_micros
    change.ledger_hits += outcome.ledger_hits
    if outcome.state != "ready":
        setattr(change, outcome.state, getattr(change, outcome.state) + 1)

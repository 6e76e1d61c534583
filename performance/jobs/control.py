"""What a person may do to a batch: every step is a compare-and-set, and may be repeated."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from performance.jobs import announcing, batches, completion, ledger, wake
from performance.jobs.budgets import MOST_BUDGET_USD
from performance.jobs.errors import BatchNotFound, OutOfRange, WrongState
from performance.jobs.kinds import queues_by_kind
from performance.jobs.models import Batch

logger = logging.getLogger(__name__)
CANCEL_CHUNK = 1000

_RESUME = """
UPDATE performance_batch SET state = 'running', pause_code = '', pause_reason = '', updated_at = now(),
    budget_micros = coalesce(%(budget)s, budget_micros)
WHERE id = %(id)s AND state = 'paused' AND cancel_requested_at IS NULL RETURNING id
"""
_REQUEST_CANCEL = """
UPDATE performance_batch SET cancel_requested_at = coalesce(cancel_requested_at, now()), updated_at = now(),
    state = 'running', pause_code = '', pause_reason = ''
WHERE id = %s AND state IN ('running', 'paused') RETURNING id
"""
# By job_ready: in the order of ids alone the planner goes through every older job there is, for each chunk.
_CANCEL_JOBS = """
WITH c AS MATERIALIZED (
    SELECT id FROM performance_job WHERE batch_id = %s AND state = 'ready'
    ORDER BY available_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE performance_job j SET state = 'cancelled', finished_at = now() FROM c WHERE j.id = c.id RETURNING j.id
"""
_REVIVE = """
WITH c AS MATERIALIZED (
    SELECT id, state FROM performance_job WHERE id = ANY(%s) AND state IN ('dead', 'parked') ORDER BY id FOR UPDATE
)
UPDATE performance_job j SET state = 'ready', available_at = now(), finished_at = NULL, attempts = 0,
    interruptions = 0, cohort_limit = NULL, parked_key = '', error_code = '', error = ''
FROM c WHERE j.id = c.id RETURNING j.id, j.batch_id, c.state
"""
_ALLOW_REPEAT = """
UPDATE performance_paidcall c SET is_repeatable = true
FROM performance_job j WHERE j.id = ANY(%s) AND j.state = 'parked' AND c.key = j.parked_key AND c.state = 'unknown'
"""


def pause(batch_id: int, *, reason: str, code: str = "person") -> bool:
    """Launch nothing more; what is in flight is finished and stored. False if it wasn't running (any more)."""
    batch = _batch(batch_id)
    if batch.state not in {Batch.State.RUNNING, Batch.State.PAUSED}:
        raise WrongState(f"Batch {batch_id} is {batch.state}: there is nothing to pause.")
    return completion.pause(batch_id, code=code, reason=reason)


def resume(batch_id: int, *, budget_micros: int | None = None) -> bool:
    """Go on, with another budget if one is given. False if it wasn't paused (any more): its budget stays then."""
    batch = _batch(batch_id)
    if batch.state not in {Batch.State.RUNNING, Batch.State.PAUSED}:
        raise WrongState(f"Batch {batch_id} is {batch.state}: there is nothing to resume.")
    if budget_micros is not None:
        _check_budget(budget_micros, spent_micros=batch.spent_micros)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RESUME, {"id": batch_id, "budget": budget_micros})
        is_resumed = cursor.fetchone() is not None
        if is_resumed:
            _wake(batch)
            announcing.changed(batch_id, batch.kind)
    return is_resumed


def _check_budget(budget_micros: int, *, spent_micros: int) -> None:
    if budget_micros < spent_micros:
        raise OutOfRange("The new budget is below what is spent already.")
    if budget_micros > MOST_BUDGET_USD * 1_000_000:
        raise OutOfRange(f"The new budget is above ${MOST_BUDGET_USD:,}, the most a batch may have.")


def cancel(batch_id: int) -> int:
    """Do nothing more of it: how many jobs were cancelled. What is in flight is finished and stored.

    Once the request is committed the pump carries it out too, so a crash half-way loses nothing.
    """
    batch = _batch(batch_id)
    with connection.cursor() as cursor:
        cursor.execute(_REQUEST_CANCEL, [batch_id])
        if cursor.fetchone() is None:
            raise WrongState(f"Batch {batch_id} is {batch.state}: there is nothing to cancel.")
    announcing.changed(batch_id, batch.kind)
    return carry_out_cancel(batch_id)


def carry_out_cancel(batch_id: int) -> int:
    """Cancel the ready jobs of a batch whose cancelling was requested, a chunk a transaction."""
    count = 0
    while cancelled := _cancel_chunk(batch_id):
        count += cancelled
    return count


def retry_dead(batch_id: int) -> int:
    """All its dead letters once more, with fresh attempts."""
    return redrive(_stuck(batch_id, state="dead"))


def retry_parked(batch_id: int) -> int:
    """All its parked jobs once more: calls of unknown outcome are bought again, which may charge them twice."""
    return redrive(_stuck(batch_id, state="parked"))


def redrive(job_ids: Sequence[int]) -> int:
    """Dead and parked jobs back to ready, with fresh attempts; how many. Re-opens batches that were finished."""
    if not job_ids:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALLOW_REPEAT, [list(job_ids)])
        cursor.execute(_REVIVE, [list(job_ids)])
        revived = cursor.fetchall()
        changes = batches.Changes()
        for _, batch_id, state in revived:
            change = changes[batch_id]
            setattr(change, state, getattr(change, state) - 1)
        batches.apply(changes)
        for batch in Batch.objects.filter(pk__in=list(changes)):
            _wake(batch)
    return len(revived)


def _cancel_chunk(batch_id: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CANCEL_JOBS, [batch_id, CANCEL_CHUNK])
        job_ids = [job_id for (job_id,) in cursor.fetchall()]
        changes = batches.Changes()
        ledger.release_reserved(job_ids, changes=changes)
        changes[batch_id].cancelled += len(job_ids)
        batches.apply(changes)
    return len(job_ids)


def _stuck(batch_id: int, *, state: str) -> list[int]:
    batch = _batch(batch_id)
    return list(batch.jobs.filter(state=state).values_list("pk", flat=True))


def _batch(batch_id: int) -> Any:
    try:
        return Batch.objects.get(pk=batch_id)
    except Batch.DoesNotExist:
        raise BatchNotFound(f"There is no batch {batch_id}.") from None


def _wake(batch: Any) -> None:
    """A kind that isn't installed here has no queue: the pump of a release that knows it wakes its workers."""
    if queue := queues_by_kind().get(batch.kind):
        slots = len(batches.slot_shares(batch.concurrency))
        wake.publish_on_commit(queue, priority=batch.priority, count=slots)

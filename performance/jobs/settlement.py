"""T4: store a paid reply and settle its cost, unfenced: what was paid for is kept even if the lease is long gone.

That a call failed or is unknown is only believed of who holds it: a holder that stalled before T3 and lost its job
would otherwise spoil the call of who took it over. Idempotent: a call that has its reply is left as it is, so a
spilled reply may be replayed any number of times.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from django.db import InterfaceError, OperationalError, connection, transaction

from performance.jobs.batches import Changes

logger = logging.getLogger(__name__)

# Rows are locked in the order of their ids, in a fence of its own, before the update sees them.
_SETTLE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(responses)s::text[], %(costs)s::bigint[],
        %(inputs)s::int[], %(outputs)s::int[], %(latencies)s::int[], %(errors)s::text[], %(jobs)s::bigint[],
        %(fences)s::int[])
        AS g(id, state, response, cost, input_tokens, output_tokens, latency_ms, error, job_id, fence)
), old AS MATERIALIZED (
    SELECT c.id, c.key, c.state, c.batch_id, c.estimate_micros, c.job_id, c.fence FROM performance_paidcall c
    WHERE c.id = ANY(%(ids)s::bigint[]) ORDER BY c.id FOR UPDATE
)
UPDATE performance_paidcall c
SET state = g.state, response = g.response::jsonb, cost_micros = g.cost, input_tokens = g.input_tokens,
    output_tokens = g.output_tokens, latency_ms = g.latency_ms, error = g.error, finished_at = now()
FROM given g JOIN old ON old.id = g.id
WHERE c.id = g.id AND CASE WHEN g.state = 'succeeded' THEN old.state <> 'succeeded'
    ELSE old.job_id = g.job_id AND old.fence = g.fence
         AND (old.state IN ('reserved', 'sent') OR (old.state = 'unknown' AND g.state = 'failed')) END
RETURNING old.key, old.batch_id, old.state, c.state, old.estimate_micros, c.cost_micros
"""
OVERDUE = """
WITH c AS MATERIALIZED (
    SELECT id FROM performance_paidcall WHERE state = 'sent' AND deadline_at < now()
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE performance_paidcall p SET state = 'unknown', cost_micros = p.estimate_micros, finished_at = now(),
    error = 'no answer before its deadline'
FROM c WHERE p.id = c.id RETURNING p.key, p.batch_id, 'sent', 'unknown', p.estimate_micros, p.cost_micros
"""
UNPARK = """
WITH c AS MATERIALIZED (
    SELECT j.id FROM performance_job j JOIN performance_batch b ON b.id = j.batch_id
    WHERE j.state = 'parked' AND j.parked_key = ANY(%s) AND b.cancel_requested_at IS NULL
    ORDER BY j.id FOR UPDATE OF j
)
UPDATE performance_job j SET state = 'ready', available_at = now(), finished_at = NULL, parked_key = '',
    error_code = '', error = ''
FROM c WHERE j.id = c.id RETURNING j.batch_id
"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a call of a job ended: `succeeded` with its reply, `failed` (certainly not charged) or `unknown`."""

    call_id: int
    state: str
    response: str | None = None
    cost_micros: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    latency_ms: int | None = None
    error: str = ""
    job_id: int = field(kw_only=True)
    fence: int = field(kw_only=True)


def settle(settlements: Sequence[Settlement], *, changes: Changes) -> None:
    """Write how calls ended and add their money to `changes`.

    Jobs parked for a late answer are ready again, but for those of a batch that somebody cancelled.
    """
    if not settlements:
        return
    unique = {each.call_id: each for each in sorted(settlements, key=lambda each: each.state == "succeeded")}
    moved = _stored([unique[call_id] for call_id in sorted(unique)])
    late = [row[0] for row in moved if _book(row, changes=changes) == "unknown"]
    if late:
        _unpark(late, changes=changes)


def plainer(settlement: Settlement) -> Iterator[Settlement]:
    """What is kept of one that the database refuses, less each time: without its counts; its reply as mere text."""
    bare = replace(settlement, input_tokens=0, output_tokens=0, latency_ms=None)
    yield bare
    text = (settlement.response or "").encode("ascii", "backslashreplace").decode()
    yield replace(bare, response=orjson.dumps({"unreadable": text.replace("\\u0000", "")}).decode())


def _stored(ordered: Sequence[Settlement]) -> list[Any]:
    """All at once; if one is refused, each by itself and as plainly as it must be: none is paid for and forgotten."""
    try:
        return _write(ordered)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 (the guard per work item)
        if len(ordered) == 1:
            logger.warning("call %d: its reply was refused, less of it is kept: %s", ordered[0].call_id, error)
            return _stored_plainly(ordered[0])
    return [row for each in ordered for row in _stored([each])]


def _stored_plainly(settlement: Settlement) -> list[Any]:
    without_counts, as_text = plainer(settlement)
    try:
        return _write([without_counts])
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 (the guard per work item; what is refused even as text is raised)
        return _write([as_text])


def _write(ordered: Sequence[Settlement]) -> list[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            {
                "ids": [each.call_id for each in ordered],
                "states": [each.state for each in ordered],
                "responses": [each.response for each in ordered],
                "costs": [each.cost_micros for each in ordered],
                "inputs": [each.input_tokens for each in ordered],
                "outputs": [each.output_tokens for each in ordered],
                "latencies": [each.latency_ms for each in ordered],
                "errors": [each.error for each in ordered],
                "jobs": [each.job_id for each in ordered],
                "fences": [each.fence for each in ordered],
            },
        )
        return list(cursor.fetchall())


def mark_overdue(*, limit: int, changes: Changes) -> int:
    """Sent calls whose deadline passed while nobody looked have an unknown outcome, booked at their estimate."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, [limit])
        moved = cursor.fetchall()
    for row in moved:
        _book(row, changes=changes)
    return len(moved)


def _book(row: Sequence[Any], *, changes: Changes) -> str:
    """Move the money of one call; its state before. An unknown call counts as spent until it is known better."""
    _, batch_id, before, after, estimate, cost = row
    if batch_id is None:
        return str(before)
    change = changes[batch_id]
    if before == "unknown":
        change.spent_micros -= estimate
        change.calls -= 1
    elif before != "failed":
        change.reserved_micros -= estimate
    if after == "failed":
        return str(before)
    change.calls += 1
    change.spent_micros += estimate if after == "unknown" else cost
    return str(before)


def _unpark(keys: Sequence[str], *, changes: Changes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(UNPARK, [list(keys)])
        for (batch_id,) in cursor.fetchall():
            changes[batch_id].parked -= 1

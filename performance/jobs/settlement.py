"""T4: store a paid reply and settle its cost, unfenced: what was paid for is kept even if the lease is long gone.

Idempotent: a call that is settled already is left as it is, so a spilled reply may be replayed any number of times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from performance.jobs.batches import Changes

# Rows are locked in the order of their ids, in a fence of its own, before the update sees them.
_SETTLE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(responses)s::text[], %(costs)s::bigint[],
        %(inputs)s::int[], %(outputs)s::int[], %(latencies)s::int[], %(errors)s::text[])
        AS g(id, state, response, cost, input_tokens, output_tokens, latency_ms, error)
), old AS MATERIALIZED (
    SELECT c.id, c.key, c.state, c.batch_id, c.estimate_micros FROM performance_paidcall c
    WHERE c.id = ANY(%(ids)s::bigint[]) ORDER BY c.id FOR UPDATE
)
UPDATE performance_paidcall c
SET state = g.state, response = g.response::jsonb, cost_micros = g.cost, input_tokens = g.input_tokens,
    output_tokens = g.output_tokens, latency_ms = g.latency_ms, error = g.error, finished_at = now()
FROM given g JOIN old ON old.id = g.id
WHERE c.id = g.id AND (old.state IN ('reserved', 'sent') OR (old.state = 'unknown' AND g.state <> 'unknown'))
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
    SELECT id FROM performance_job WHERE state = 'parked' AND parked_key = ANY(%s) ORDER BY id FOR UPDATE
)
UPDATE performance_job j SET state = 'ready', available_at = now(), finished_at = NULL, parked_key = '',
    error_code = '', error = ''
FROM c WHERE j.id = c.id RETURNING j.batch_id
"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a call ended: `succeeded` with its reply, `failed` (certainly not charged) or `unknown`."""

    call_id: int
    state: str
    response: str | None = None
    cost_micros: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    latency_ms: int | None = None
    error: str = ""


def settle(settlements: Sequence[Settlement], *, changes: Changes) -> None:
    """Write how calls ended and add their money to `changes`. Jobs parked for a late answer are ready again."""
    if not settlements:
        return
    unique = {each.call_id: each for each in settlements}
    ordered = [unique[call_id] for call_id in sorted(unique)]
    with connection.cursor() as cursor:
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
            },
        )
        moved = cursor.fetchall()
    late = [row[0] for row in moved if _book(row, changes=changes) == "unknown"]
    if late:
        _unpark(late, changes=changes)


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
    else:
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

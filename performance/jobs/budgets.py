"""The money side of T2: one conditional UPDATE per batch and chunk, so that no budget is ever passed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from performance.jobs import announcing
from performance.jobs.asks import Refusal

# More than anybody means, and far from the end of a bigint of micro-dollars.
MOST_BUDGET_USD = 1_000_000

_RESERVE = """
UPDATE performance_batch SET reserved_micros = reserved_micros + %(sum)s
WHERE id = %(batch)s AND spent_micros + reserved_micros + %(sum)s <= budget_micros AND state = 'running'
  AND cancel_requested_at IS NULL RETURNING kind
"""
_LOOK = """
SELECT state = 'running' AND cancel_requested_at IS NULL, budget_micros - spent_micros - reserved_micros,
    reserved_micros
FROM performance_batch WHERE id = %s FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Funds:
    """What the ask number `n` needs reserved on its batch."""

    n: int
    batch_id: int
    estimate_micros: int


def reserve_funds(needs: Sequence[Funds]) -> dict[int, Refusal | None]:
    """For each ask None when its estimate is now reserved, or why not. Batches in the order of their ids."""
    answers: dict[int, Refusal | None] = {}
    for batch_id in sorted({need.batch_id for need in needs}):
        own = [need for need in needs if need.batch_id == batch_id]
        if _reserve(batch_id, sum(need.estimate_micros for need in own)):
            answers |= dict.fromkeys((need.n for need in own), None)
        else:
            answers |= _reserve_what_fits(batch_id, own)
    return answers


def _reserve(batch_id: int, amount: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, {"batch": batch_id, "sum": amount})
        row = cursor.fetchone()
    if row is not None:
        announcing.moved(batch_id, row[0])
    return row is not None


def _reserve_what_fits(batch_id: int, needs: Sequence[Funds]) -> dict[int, Refusal | None]:
    """The chunk as a whole was refused: with the row locked, take its asks one by one."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [batch_id])
        row = cursor.fetchone()
    if row is None or not row[0]:
        return dict.fromkeys((need.n for need in needs), Refusal.HALTED)
    _, left, reserved = row
    answers: dict[int, Refusal | None] = {}
    amount = 0
    for need in needs:
        fits = amount + need.estimate_micros <= left
        amount += need.estimate_micros if fits else 0
        # What is in flight may settle below its estimate: only when nothing is, the budget is really used up.
        answers[need.n] = None if fits else Refusal.BUDGET_IN_FLIGHT if reserved + amount else Refusal.BUDGET
    if amount:
        _reserve(batch_id, amount)
    return answers

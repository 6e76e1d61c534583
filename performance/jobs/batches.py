"""The batch's own row, as part of other transactions: counts, money, end and re-opening.

Every transaction takes its locks in one order, calls, then jobs, then batches, each by id: so none can deadlock.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from django.conf import settings
from django.db import connection

from performance.jobs import announcing, listeners

# One runner's share of a batch: two children gained 1-5 % at 500 in flight and cost more below.
SLOT_SIZE = 500


@dataclass(slots=True)
class Change:
    """What a transaction adds to a batch's columns of the same names, in the order of the statement.

    `peak_memory_mb` is a maximum, not a sum.
    """

    reserved_micros: int = 0
    spent_micros: int = 0
    saved_micros: int = 0
    calls: int = 0
    ledger_hits: int = 0
    succeeded: int = 0
    dead: int = 0
    parked: int = 0
    cancelled: int = 0
    peak_memory_mb: int = 0


class Changes(dict[int, Change]):
    """Changes by batch id, gathered over a transaction and applied at its end."""

    def __missing__(self, batch_id: int) -> Change:
        self[batch_id] = Change()
        return self[batch_id]


_APPLY = """
UPDATE performance_batch SET reserved_micros = reserved_micros + %s, spent_micros = spent_micros + %s,
    saved_micros = saved_micros + %s, calls = calls + %s, ledger_hits = ledger_hits + %s, succeeded = succeeded + %s,
    dead = dead + %s, parked = parked + %s, cancelled = cancelled + %s,
    peak_memory_mb = greatest(peak_memory_mb, %s), updated_at = now()
WHERE id = %s
RETURNING state IN ('running', 'paused') AND succeeded + dead + parked + cancelled >= total,
    state IN ('finished', 'cancelled') AND succeeded + dead + parked + cancelled < total, kind
"""
_FINISH = """
UPDATE performance_batch SET finished_at = now(), updated_at = now(),
    state = CASE WHEN cancel_requested_at IS NULL THEN 'finished' ELSE 'cancelled' END
WHERE id = %s AND state IN ('running', 'paused') AND succeeded + dead + parked + cancelled >= total
RETURNING kind
"""
_REOPEN = """
UPDATE performance_batch b SET state = 'running', finished_at = NULL, cancel_requested_at = NULL, updated_at = now(),
    pause_code = '', pause_reason = '',
    fingerprint = CASE WHEN EXISTS (SELECT FROM performance_batch o WHERE o.kind = b.kind AND o.id <> b.id
        AND o.fingerprint = b.fingerprint AND o.state IN ('running', 'paused')) THEN '' ELSE b.fingerprint END
WHERE id = %s AND state IN ('finished', 'cancelled') RETURNING concurrency, kind
"""


def apply(changes: Changes) -> None:
    """Add the changes, end the batches whose last job this was, and re-open those that have work again."""
    for batch_id in sorted(changes):
        with connection.cursor() as cursor:
            cursor.execute(_APPLY, [*astuple(changes[batch_id]), batch_id])
            row = cursor.fetchone()
        if row is None:
            continue
        is_done, has_work, kind = row
        announcing.moved(batch_id, kind)
        if is_done:
            finish(batch_id)
        elif has_work:
            reopen(batch_id)


def finish(batch_id: int) -> None:
    """End the batch if all its jobs are done. Belongs in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, [batch_id])
        row = cursor.fetchone()
        if row is None:
            return
        cursor.execute("DELETE FROM performance_runnerslot WHERE batch_id = %s", [batch_id])
    announcing.changed(batch_id, row[0])
    listeners.tell_ended(row[0], batch_id)


def reopen(batch_id: int) -> None:
    """A finished batch has a job to do again. Its fingerprint is given up if another batch took it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_REOPEN, [batch_id])
        row = cursor.fetchone()
    if row is not None:
        concurrency, kind = row
        make_slots(batch_id, concurrency=concurrency)
        announcing.changed(batch_id, kind)


def slot_shares(concurrency: int) -> Sequence[int]:
    """The concurrency of a batch split over as few runners as can bear it, evenly: 700 is 350 + 350."""
    size = min(SLOT_SIZE, settings.JOB_MAX_IN_FLIGHT)
    count = -(-concurrency // size)
    return [concurrency // count + (number < concurrency % count) for number in range(count)]


def make_slots(batch_id: int, *, concurrency: int) -> None:
    shares = slot_shares(concurrency)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO performance_runnerslot (batch_id, number, share, granted, holder)"
            " SELECT %s, n, s, 0, '' FROM unnest(%s::int[], %s::int[]) AS a(n, s) ON CONFLICT DO NOTHING",
            [batch_id, list(range(len(shares))), list(shares)],
        )

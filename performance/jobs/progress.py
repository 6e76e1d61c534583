"""How far a batch is, how fast it goes, and what it has cost."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from performance.jobs.errors import BatchNotFound

# Speed is that of the last minute, or of the batch's life if that is shorter.
WINDOW_S = 60.0

PROGRESS = """
SELECT b.state, b.pause_code, b.pause_reason, b.total, b.succeeded, b.dead, b.parked, b.cancelled,
    b.spent_micros, b.reserved_micros, b.budget_micros, b.saved_micros, b.calls, b.ledger_hits, b.peak_memory_mb,
    (SELECT count(*) FROM performance_job j WHERE j.batch_id = b.id AND j.state = 'ready'),
    (SELECT count(*) FROM performance_job j WHERE j.batch_id = b.id
        AND j.finished_at > coalesce(b.finished_at, now()) - make_interval(secs => %(window)s)),
    b.started_at, b.finished_at, now()
FROM performance_batch b WHERE b.id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch at one moment. Money in micro-dollars; `eta_s` None while nothing can be said."""

    state: str
    pause_code: str
    pause_reason: str
    total: int
    ready: int
    leased: int
    succeeded: int
    dead: int
    parked: int
    cancelled: int
    done: int
    per_minute: float
    eta_s: float | None
    spent_micros: int
    reserved_micros: int
    budget_micros: int
    saved_micros: int
    calls: int
    ledger_hits: int
    elapsed_s: float
    peak_memory_mb: int


def progress(batch_id: int) -> Progress:
    """One statement. Raises BatchNotFound."""
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"id": batch_id, "window": WINDOW_S})
        row = cursor.fetchone()
    if row is None:
        raise BatchNotFound(f"There is no batch {batch_id}.")
    state, pause_code, pause_reason, total, succeeded, dead, parked, cancelled = row[:8]
    spent, reserved, budget, saved, calls, hits, memory, ready, lately, started_at, finished_at, now = row[8:]
    done = succeeded + dead + parked + cancelled
    elapsed_s = _elapsed(started_at, finished_at or now)
    speed = per_minute(lately, elapsed_s=elapsed_s)
    return Progress(
        state=state,
        pause_code=pause_code,
        pause_reason=pause_reason,
        total=total,
        ready=ready,
        leased=max(total - done - ready, 0),
        succeeded=succeeded,
        dead=dead,
        parked=parked,
        cancelled=cancelled,
        done=done,
        per_minute=speed,
        eta_s=eta(total - done, per_minute=speed),
        spent_micros=spent,
        reserved_micros=reserved,
        budget_micros=budget,
        saved_micros=saved,
        calls=calls,
        ledger_hits=hits,
        elapsed_s=elapsed_s,
        peak_memory_mb=memory,
    )


def per_minute(lately: int, *, elapsed_s: float) -> float:
    """Jobs a minute, from those finished within the window."""
    window_s = min(elapsed_s, WINDOW_S)
    return 60.0 * lately / window_s if window_s > 0 else 0.0


def eta(rest: int, *, per_minute: float) -> float | None:
    """Seconds until `rest` jobs are done at this speed; None if nothing moves."""
    if rest <= 0:
        return 0.0
    return 60.0 * rest / per_minute if per_minute > 0 else None


def _elapsed(started_at: datetime | None, until: datetime) -> float:
    return max((until - started_at).total_seconds(), 0.0) if started_at else 0.0

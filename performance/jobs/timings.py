"""What the jobs of a batch took, for its details."""

from dataclasses import dataclass

from django.db import connection

_TIMINGS = """
SELECT coalesce(sum(attempts), 0), coalesce(sum(interruptions), 0), avg(run_ms)::float,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY run_ms), percentile_cont(0.95) WITHIN GROUP (ORDER BY run_ms),
    max(run_ms)
FROM performance_job WHERE batch_id = %s
"""


@dataclass(frozen=True, slots=True)
class Timings:
    """Attempts and interruptions of all jobs, and a job's own time in ms; None before one has finished."""

    attempts: int
    interruptions: int
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    max_ms: int | None


def timings(batch_id: int) -> Timings:
    """One statement over the jobs of the batch."""
    with connection.cursor() as cursor:
        cursor.execute(_TIMINGS, [batch_id])
        return Timings(*cursor.fetchone())

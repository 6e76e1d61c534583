"""The processes that live, and what they use and used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from performance.system.leaks import Growth, growth
from performance.system.samples import KEPT

# Who said nothing for so long has ended: a process speaks every 5 s, and what it says is here within 12 s.
LIVE_WITHIN = timedelta(minutes=2)
# All pairs of these are looked at: see trends.py.
MOST_POINTS = 60

Process = tuple[str, int, datetime]

_LATEST = """
SELECT DISTINCT ON (host, pid, began_at) host, pid, began_at, role, at, memory_high_mb, cpu_total / nullif(cpu_n, 0)
FROM performance_processsample WHERE at > %(live)s ORDER BY host, pid, began_at, at DESC
"""
# The least of each group: what comes and goes is no growth.
_POINTS = """
WITH live AS (
    SELECT DISTINCT host, pid, began_at FROM performance_processsample WHERE at > %(live)s
), numbered AS (
    SELECT s.host, s.pid, s.began_at, s.at, s.memory_low_mb, row_number() OVER (each ORDER BY s.at) - 1 AS number,
        ceil(count(*) OVER each / %(most)s)::int AS size
    FROM performance_processsample s JOIN live USING (host, pid, began_at)
    WHERE s.at > %(first)s AND s.memory_low_mb IS NOT NULL WINDOW each AS (PARTITION BY s.host, s.pid, s.began_at)
), points AS (
    SELECT host, pid, began_at, min(at) AS at, min(memory_low_mb) AS mb
    FROM numbered GROUP BY host, pid, began_at, number / size
)
SELECT host, pid, began_at, array_agg(extract(epoch FROM at)::float8 ORDER BY at), array_agg(mb ORDER BY at)
FROM points GROUP BY host, pid, began_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFigures:
    """`memory_mb` and `cpu_share` (1 is a core) of its last minute, None where it said nothing of them."""

    host: str
    pid: int
    role: str
    began_at: datetime
    seen_at: datetime
    memory_mb: float | None
    cpu_share: float | None
    growth: Growth
    points: Sequence[tuple[datetime, float]]

    @property
    def spark(self) -> list[float]:
        """Its memory over the day, oldest first."""
        return [mb for _, mb in self.points]


def processes(*, at: datetime) -> list[ProcessFigures]:
    """By host, role and pid. Two statements."""
    given: dict[str, Any] = {"live": at - LIVE_WITHIN, "first": at - KEPT, "most": float(MOST_POINTS)}
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, given)
        points = {(host, pid, began): _timed(times, mbs) for host, pid, began, times, mbs in cursor.fetchall()}
        cursor.execute(_LATEST, given)
        found = [_figures(row, points) for row in cursor.fetchall()]
    return sorted(found, key=lambda each: (each.host, each.role, each.pid, each.began_at))


def _figures(row: Sequence[Any], points: Mapping[Process, Sequence[tuple[datetime, float]]]) -> ProcessFigures:
    host, pid, began_at, role, seen_at, memory_mb, cpu_share = row
    own = points.get((host, pid, began_at), [])
    return ProcessFigures(
        host=host,
        pid=pid,
        role=role,
        began_at=began_at,
        seen_at=seen_at,
        memory_mb=memory_mb,
        cpu_share=cpu_share,
        growth=growth(own, began_at=began_at),
        points=own,
    )


def _timed(times: Sequence[float], mbs: Sequence[float]) -> list[tuple[datetime, float]]:
    return [(datetime.fromtimestamp(time, UTC), mb) for time, mb in zip(times, mbs, strict=True)]

"""The processes that live, and what they use and used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from performance.cache.decorators import cached
from performance.system.leaks import Growth, Verdict, growth
from performance.system.samples import KEPT
from performance.system.trends import Slope

# Who said nothing for so long has ended: a process speaks every 5 s, and what it says is here within 12 s.
LIVE_WITHIN = timedelta(minutes=2)
# All pairs of these are looked at: see trends.py.
MOST_POINTS = 60

# Host, pid, and when it began.
Process = tuple[str, int, int]

_LATEST = """
SELECT DISTINCT ON (host, pid, began_at) host, pid, began_at, role, at, memory_high_mb, cpu_total / nullif(cpu_n, 0)
FROM performance_processsample WHERE at > %(live)s ORDER BY host, pid, began_at, at DESC
"""
# The least of each group of minutes, as long as it takes for MOST_POINTS: what comes and goes is no growth.
_POINTS = """
WITH live AS (
    SELECT host, pid, began_at, make_interval(mins => greatest(1, ceil(
        extract(epoch FROM %(at)s - greatest(began_at, %(first)s)) / 60 / %(most)s)::int)) AS size
    FROM performance_processsample WHERE at > %(live)s GROUP BY host, pid, began_at
), points AS (
    SELECT s.host, s.pid, s.began_at, min(s.at) AS at, min(s.memory_low_mb) AS mb
    FROM performance_processsample s JOIN live l ON l.host = s.host AND l.pid = s.pid AND l.began_at = s.began_at
    WHERE s.at > %(first)s AND s.memory_low_mb IS NOT NULL
    GROUP BY s.host, s.pid, s.began_at, date_bin(l.size, s.at, s.began_at)
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
    """By host, role and pid. How they grew is looked at once a minute, for everybody: there is nothing new before."""
    grown = {
        (host, pid, began): (kept, points) for host, pid, began, kept, points in grown_at(int(at.timestamp()) // 60)
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, {"live": at - LIVE_WITHIN})
        found = [_figures(row, grown) for row in cursor.fetchall()]
    return sorted(found, key=lambda each: (each.host, each.role, each.pid, each.began_at))


@cached("system.growth:{minute}", ttl_s=120, tags=[])
def grown_at(minute: int) -> list[list[Any]]:
    """[host, pid, began, [verdict, estimate, low, high], [[time, MiB], …]] of each that lived in this minute since
    1970; times are seconds since then.
    """
    at = datetime.fromtimestamp(minute * 60, UTC)
    # Of those that live at any second of the minute; some have not been heard of in it yet.
    given: dict[str, Any] = {
        "at": at + timedelta(minutes=1),
        "live": at - LIVE_WITHIN,
        "first": at - KEPT,
        "most": MOST_POINTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, given)
        rows = cursor.fetchall()
    return [
        [host, pid, int(began_at.timestamp()), *_grown([*zip(times, mbs, strict=True)], began_at)]
        for host, pid, began_at, times, mbs in rows
    ]


def _grown(points: Sequence[tuple[float, float]], began_at: datetime) -> tuple[list[Any], list[list[float]]]:
    """As plain values, which are what can be kept."""
    found = growth(_timed(points), began_at=began_at)
    slope = [] if found.slope is None else [*astuple(found.slope)]
    return [found.verdict.value, *slope], [list(each) for each in points]


def _figures(row: Sequence[Any], grown: Mapping[Process, tuple[Sequence[Any], Any]]) -> ProcessFigures:
    host, pid, began_at, role, seen_at, memory_mb, cpu_share = row
    kept, points = grown.get((host, pid, int(began_at.timestamp())), (["unknown"], []))
    return ProcessFigures(
        host=host,
        pid=pid,
        role=role,
        began_at=began_at,
        seen_at=seen_at,
        memory_mb=memory_mb,
        cpu_share=cpu_share,
        growth=Growth(Verdict(kept[0]), Slope(*kept[1:]) if kept[1:] else None),
        points=_timed(points),
    )


def _timed(points: Iterable[Sequence[float]]) -> list[tuple[datetime, float]]:
    return [(datetime.fromtimestamp(time, UTC), mb) for time, mb in points]

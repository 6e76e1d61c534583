"""What hosts used lately, out of the measurements by the minute."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from performance.metrics.looks import once_a_look
from performance.system.trends import theil_sen

SHARES = ("cpu_share", "memory_share", "disk_share", "throttled_share", "stolen_share")
RATES = ("disk_mb_per_s", "network_mb_per_s")
# What is said to be so now is the mean of these minutes.
NOW = timedelta(minutes=10)
DAY = timedelta(hours=24)
# Of the disk's growth over a day: by a quarter of an hour, and from three hours on.
_STEP_S, _LEAST_POINTS = 900, 12

_USED = """
SELECT b.metric, l.labels ->> 'host', date_bin(make_interval(secs => %(step)s), b.bucket, 'epoch') AS step,
    sum(b.total) / sum(b.n)
FROM performance_metricbucket b JOIN performance_metriclabels l ON l.metric = b.metric AND l.labels_hash = b.labels_hash
WHERE b.metric = ANY(%(metrics)s) AND b.period_s = 60 AND b.bucket > %(first)s AND b.bucket <= %(at)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
Points = Sequence[tuple[datetime, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFigures:
    """`used` has the means of the last minutes by name of SHARES and RATES, as far as they were measured. `disk_full`
    is when the disk will be at its growth, None where it doesn't certainly grow.
    """

    host: str
    used: Mapping[str, float]
    disk_full: timedelta | None = None


@once_a_look
def hosts(*, at: datetime) -> list[HostFigures]:
    """Those that said something in the last minutes, by name. Two statements."""
    now = used((*SHARES, *RATES), at=at, over=NOW, step_s=int(DAY.total_seconds()))
    disks = used(("disk_share",), at=at, over=DAY, step_s=_STEP_S)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (name, host), points in now.items():
        found[host][name] = points[-1][1]
    return [
        HostFigures(host=host, used=values, disk_full=full_in(disks.get(("disk_share", host), [])))
        for host, values in sorted(found.items())
    ]


def used(names: Sequence[str], *, at: datetime, over: timedelta, step_s: int) -> dict[tuple[str, str], Points]:
    """By name and host, the means of each step in which something was measured. One statement."""
    given: dict[str, Any] = {
        "metrics": [f"system.{name}" for name in names],
        "first": at - over,
        "at": at,
        "step": step_s,
    }
    found: dict[tuple[str, str], list[tuple[datetime, float]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_USED, given)
        for metric, host, step, mean in cursor.fetchall():
            found[metric.removeprefix("system."), host or "-"].append((step, mean))
    return dict(found)


def full_in(points: Points) -> timedelta | None:
    """Pure. When a share that grows with certainty will be 1."""
    slope = theil_sen([(at.timestamp() / 3600, share) for at, share in points])
    if slope is None or len(points) < _LEAST_POINTS or slope.low <= 0:
        return None
    hours = (1 - points[-1][1]) / slope.estimate
    return timedelta(hours=hours) if hours < timedelta.max.total_seconds() / 3600 else None

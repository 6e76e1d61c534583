"""How often the cache spared a computation, over time: from the minutes, hours and days that were measured."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from performance.cache import figures
from performance.metrics.queries import WITHIN, parts, step_of
from performance.metrics.stepped import times_of

_OUTCOMES = (*figures.HITS, "computed")
# Both sums of one reading: by step (of all patterns), and by pattern (of all steps). What lies before the first step
# belongs to an hour or day that began earlier. Materialized, since labels are taken for fewer than there are, and the
# buckets would be read once for each.
_READS = f"""
WITH known AS MATERIALIZED (
    SELECT labels_hash, coalesce(labels->>'pattern', '') AS pattern, labels->>'outcome' AS outcome
    FROM performance_metriclabels WHERE metric = %(metric)s AND labels->>'outcome' = ANY(%(outcomes)s)
        AND %(pattern)s IN ('', coalesce(labels->>'pattern', ''))
), reads AS MATERIALIZED (
    SELECT date_bin(make_interval(secs => %(step)s), bucket, 'epoch') AS step, labels_hash, n {WITHIN}
        AND bucket >= %(first)s
)
SELECT extract(epoch FROM step)::bigint, pattern, outcome, sum(n)::bigint
FROM reads JOIN known USING (labels_hash) GROUP BY GROUPING SETS ((step, outcome), (pattern, outcome))
"""  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Reads of one step, by where they ended."""

    at: datetime
    local: int
    shared: int
    stale: int
    computed: int

    @property
    def hit_rate(self) -> float | None:
        return _rate(self.local + self.shared + self.stale, self.computed)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRate:
    name: str
    reads: int
    hit_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRate:
    step_s: int
    patterns: Sequence[PatternRate]
    points: Sequence[Point]

    @property
    def hit_rate(self) -> float | None:
        hits = sum(each.local + each.shared + each.stale for each in self.points)
        return _rate(hits, sum(each.computed for each in self.points))


def hit_rate(*, at: datetime, over: timedelta, pattern: str = "") -> HitRate:
    """Of all patterns, the most read first, or of one. One statement."""
    step_s = step_of(over)
    times = times_of(at=at, over=over, step_s=step_s)
    given: dict[str, Any] = {"step": step_s, "first": times[0], "outcomes": list(_OUTCOMES), "pattern": pattern}
    with connection.cursor() as cursor:
        cursor.execute(_READS, {"metric": "cache.reads", **given, **parts(at=at, over=over, step_s=step_s)})
        rows = cursor.fetchall()
    by_step: dict[int, dict[str, int]] = {int(at.timestamp()): dict.fromkeys(_OUTCOMES, 0) for at in times}
    by_pattern: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_OUTCOMES, 0))
    for step, name, outcome, n in rows:
        (by_pattern[name] if step is None else by_step[step])[outcome] = n
    points = [Point(at=at, **counts) for at, counts in zip(times, by_step.values(), strict=True)]
    return HitRate(step_s=step_s, patterns=_patterns(by_pattern), points=points)


def _patterns(counts: Mapping[str, Mapping[str, int]]) -> list[PatternRate]:
    rates = [
        PatternRate(name=name, reads=sum(each.values()), hit_rate=_rate(_hits(each), each["computed"]))
        for name, each in counts.items()
    ]
    return sorted(rates, key=lambda each: (-each.reads, each.name))


def _hits(counts: Mapping[str, int]) -> int:
    return sum(counts[outcome] for outcome in figures.HITS)


def _rate(hits: int, misses: int) -> float | None:
    return hits / (hits + misses) if hits + misses else None

"""How well the cache does its work: by key pattern from what was measured, and what stands in Valkey by sampling."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
from django.db import connection

from performance.cache import figures, scanning
from performance.cache.connection import CacheGone, pinned
from performance.cache.invalidation import sizes
from performance.metrics.queries import Sample, by_labels

# Keys looked at for sizes: some milliseconds of Valkey's time, in steps.
MOST_SAMPLED = 5000
MEASURED_A_STEP = 50
_BY_PATTERN = ("cache.reads", "cache.evictions", "cache.fill_bytes", "cache.fill_ms")
_SUMS = """
SELECT l.metric, l.labels::text, s.n, s.total FROM (
    SELECT metric, labels_hash, sum(n)::bigint AS n, sum(total) AS total FROM performance_metricbucket
    WHERE metric = ANY(%(metrics)s) AND period_s = 60 AND bucket >= %(start)s GROUP BY metric, labels_hash
) AS s JOIN performance_metriclabels l USING (metric, labels_hash) WHERE l.metric = ANY(%(metrics)s)
"""


@dataclass(slots=True)
class Pattern:
    """One key pattern. `stored_bytes` were written; `keys` and `bytes` stand in Valkey, by sampling."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    evictions: int = 0
    stored_bytes: int = 0
    fill_ms: float | None = None
    keys: int = 0
    bytes: int = 0

    @property
    def hits(self) -> int:
        return sum(self.outcomes[outcome] for outcome in figures.HITS)

    @property
    def misses(self) -> int:
        return self.outcomes["computed"]

    @property
    def reads(self) -> int:
        return self.hits + self.misses

    @property
    def hit_rate(self) -> float | None:
        return self.hits / self.reads if self.reads else None


@dataclass(slots=True)
class Report:
    """`latency` by layer, in ms. `is_reachable`: whether Valkey answered just now."""

    minutes: int
    is_reachable: bool
    patterns: list[Pattern]
    latency: Mapping[str, Sample]

    @property
    def hit_rate(self) -> float | None:
        hits, misses = (sum(getattr(each, name) for each in self.patterns) for name in ("hits", "misses"))
        return hits / (hits + misses) if hits + misses else None

    @property
    def shared_p95_ms(self) -> float | None:
        sample = self.latency.get("shared")
        return sample.quantiles([0.95])[0] if sample else None

    @property
    def unreadable_share(self) -> float | None:
        reads = sum(each.outcomes.total() for each in self.patterns)
        return sum(each.outcomes["unreadable"] for each in self.patterns) / reads if reads else None

    @property
    def eviction_share(self) -> float | None:
        """Of the values that a process took in."""
        taken = sum(each.outcomes["computed"] + each.outcomes["shared"] for each in self.patterns)
        return sum(each.evictions for each in self.patterns) / taken if taken else None


def report(*, at: datetime, minutes: int) -> Report:
    """Patterns by their reads, the busiest first. Without Valkey: what the database knows."""
    patterns: defaultdict[str, Pattern] = defaultdict(lambda: Pattern(""))
    for metric, labels, n, total in _sums(at - timedelta(minutes=minutes)):
        pattern = patterns[labels["pattern"]]
        match metric:
            case "cache.reads":
                pattern.outcomes[labels["outcome"]] += n
            case "cache.evictions":
                pattern.evictions += n
            case "cache.fill_bytes":
                pattern.stored_bytes += round(total)
            case "cache.fill_ms":
                pattern.fill_ms = total / n if n else None
    is_reachable = _sampled(patterns)
    for name, each in patterns.items():
        each.name = name
    found = sorted(patterns.values(), key=lambda each: (-each.outcomes.total(), each.name))
    return Report(minutes, is_reachable, found, _latency(at, minutes))


def _sums(start: datetime) -> list[tuple[str, Mapping[str, str], int, float]]:
    """Metric, labels, count and total of what is known by pattern. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"start": start, "metrics": list(_BY_PATTERN)})
        return [(metric, orjson.loads(labels), n, total) for metric, labels, n, total in cursor.fetchall()]


def _latency(at: datetime, minutes: int) -> Mapping[str, Sample]:
    found = by_labels("cache.read_ms", at=at, over=timedelta(minutes=minutes))
    return {labels.get("layer", ""): sample for labels, sample in found}


def _sampled(patterns: defaultdict[str, Pattern]) -> bool:
    """Counts and sizes of what stands in Valkey, told for all from a part of the keys."""
    counts, measured, total = Counter[str](), Counter[str](), Counter[str]()
    try:
        for keys in scanning.matching("assay:e:*"):
            names = [figures.pattern_of(key.decode("utf-8", "replace").split(":", 3)[-1]) for key in keys]
            counts.update(names)
            for name, size in zip(names[:MEASURED_A_STEP], sizes(keys[:MEASURED_A_STEP]), strict=True):
                measured[name] += 1
                total[name] += size
            if counts.total() >= MOST_SAMPLED:
                break
        share = max(1.0, int(pinned().call("DBSIZE")) / counts.total()) if counts.total() >= MOST_SAMPLED else 1.0
    except CacheGone:
        return False
    for name, number in counts.items():
        mean = total[name] / measured[name] if measured[name] else 0
        patterns[name].keys, patterns[name].bytes = round(number * share), round(number * share * mean)
    return True

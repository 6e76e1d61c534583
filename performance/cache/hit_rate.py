"""How often the cache spared a computation, over time: from the minutes, hours and days that were measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from performance.cache import figures
from performance.metrics.stepped import Stepped, stepped

_OUTCOMES = (*figures.HITS, "computed")
_Group = tuple[str, str]


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
    """Of all patterns, the most read first, or of one. Two statements."""

    def group(labels: Mapping[str, str]) -> _Group | None:
        name, outcome = labels.get("pattern", ""), labels.get("outcome", "")
        return (outcome, name) if outcome in _OUTCOMES and pattern in ("", name) else None

    found = stepped("cache.reads", at=at, over=over, group=group)
    return HitRate(step_s=found.step_s, patterns=_patterns(found), points=_points(found))


def _patterns(found: Stepped[_Group]) -> list[PatternRate]:
    counts: dict[str, dict[str, int]] = {}
    for (outcome, name), numbers in found.n.items():
        counts.setdefault(name, dict.fromkeys(_OUTCOMES, 0))[outcome] += sum(numbers)
    rates = [
        PatternRate(name=name, reads=sum(each.values()), hit_rate=_rate(_hits(each), each["computed"]))
        for name, each in counts.items()
    ]
    return sorted(rates, key=lambda each: (-each.reads, each.name))


def _points(found: Stepped[_Group]) -> list[Point]:
    sums = {outcome: [0] * len(found.times) for outcome in _OUTCOMES}
    for (outcome, _), numbers in found.n.items():
        sums[outcome] = [a + b for a, b in zip(sums[outcome], numbers, strict=True)]
    return [
        Point(at=at, **{outcome: sums[outcome][index] for outcome in _OUTCOMES}) for index, at in enumerate(found.times)
    ]


def _hits(counts: Mapping[str, int]) -> int:
    return sum(counts[outcome] for outcome in figures.HITS)


def _rate(hits: int, misses: int) -> float | None:
    return hits / (hits + misses) if hits + misses else None

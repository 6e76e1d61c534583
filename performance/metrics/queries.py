"""What was measured, for those who ask: by route, by metric, and single figures. Percentiles are within 5 %."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import Min

from performance.api.errors import NotFound
from performance.metrics import histogram
from performance.metrics.looks import once_a_look
from performance.metrics.middleware import METRIC as REQUESTS
from performance.metrics.models import MetricBucket, MetricFlush, MetricLabels

SHARES = (0.5, 0.75, 0.9, 0.95, 0.99)
MOST_SERIES = 50
MOST_POINTS = 120
_STEPS_S = (60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400, 35 * 86_400)
# Of a longer time what is older is read from the hours and days: some thousand rows instead of a hundred thousand.
_BY_MINUTE, _BY_HOUR = timedelta(hours=3), timedelta(days=31)
# So long a chart may have steps below an hour, which takes all of its minutes.
_IN_SHORT_STEPS = timedelta(hours=12)
_HOUR, _DAY = int(MetricBucket.Period.HOUR), int(MetricBucket.Period.DAY)

# Of a metric, what belongs to a time: days, hours and minutes that don't overlap (`parts`).
_WITHIN = """
FROM {table} WHERE metric = %(metric)s AND (
    (period_s = 86400 AND bucket >= %(start)s AND bucket < %(days_end)s)
    OR (period_s = 3600 AND bucket >= %(hours_start)s AND bucket < %(hours_end)s)
    OR (period_s = 60 AND bucket >= %(minutes_start)s AND bucket <= %(at)s)
)
"""
WITHIN = _WITHIN.format(table="performance_metricbucket")
# `beyond`: values of minutes in which one at least was as large.
_COUNTED = f"""
SELECT coalesce(l.labels, '{{}}')::text, s.n, s.total, s.beyond FROM (
    SELECT labels_hash, sum(n)::bigint AS n, sum(total) AS total,
        coalesce(sum(n) FILTER (WHERE high >= %(from_)s), 0)::bigint AS beyond
    {WITHIN} GROUP BY labels_hash
) AS s LEFT JOIN performance_metriclabels l ON l.metric = %(metric)s AND l.labels_hash = s.labels_hash
ORDER BY s.labels_hash
"""  # noqa: S608 - of constants
# Read twice, since that takes less than to keep what was read, and joined only once both are few rows.
_MERGED = """
WITH source AS NOT MATERIALIZED (
    SELECT {key} AS key, n, total, low, high, bins, counts {within}
), sums AS (
    SELECT key, sum(n)::bigint AS n, sum(total) AS total, min(low) AS low, max(high) AS high FROM source GROUP BY key
), histograms AS (
    SELECT key, array_agg(bin ORDER BY bin) AS bins, array_agg(n ORDER BY bin) AS counts FROM (
        SELECT key, bin, sum(each.n)::bigint AS n FROM source, unnest(bins, counts) AS each (bin, n) GROUP BY key, bin
    ) AS summed GROUP BY key
)
SELECT {told}, s.n, s.total, s.low, s.high, coalesce(h.bins, '{{}}'), coalesce(h.counts, '{{}}')
FROM sums s LEFT JOIN histograms h ON h.key = s.key {beside} ORDER BY s.key
"""
_LABELLED = {
    "key": "labels_hash",
    "told": "coalesce(l.labels, '{}')::text",
    "beside": "LEFT JOIN performance_metriclabels l ON l.metric = %(metric)s AND l.labels_hash = s.key",
}
_BY_LABELS = _MERGED.format(within=WITHIN, **_LABELLED)
_OF_ROUTES = """ AND labels_hash IN (
    SELECT labels_hash FROM performance_metriclabels
    WHERE metric = %(metric)s AND coalesce(labels->>'route', '') = ANY(%(routes)s)
)"""
_BY_ROUTES = _MERGED.format(within=WITHIN + _OF_ROUTES, **_LABELLED)
_OF_WHOLES = _WITHIN.format(table="performance_metricwhole")
_WHOLE = _MERGED.format(key="true", within=_OF_WHOLES, told="s.key", beside="")
_WHOLES = _MERGED.format(
    key="metric", within=_OF_WHOLES.replace("= %(metric)s", "= ANY(%(metrics)s)"), told="s.key", beside=""
)
_BY_STEP = _MERGED.format(
    key="date_bin(make_interval(secs => %(step)s), bucket, 'epoch')", within=_OF_WHOLES, told="s.key", beside=""
)


class NoSuchMetric(NotFound):
    """Nothing of that name was measured in this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`n` values and what they amount to; without histogram and extremes where things were only counted."""

    n: int = 0
    total: float = 0.0
    low: float | None = None
    high: float | None = None
    bins: Mapping[int, int]

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n and self.bins else None

    def quantiles(self, shares: Sequence[float] = SHARES) -> list[float | None]:
        """Never beyond the smallest and largest value, which are known exactly. None of what was only counted."""
        found = histogram.quantiles(self.bins, shares)
        if self.low is None or self.high is None:
            return found
        return [each if each is None else min(max(each, self.low), self.high) for each in found]

    def with_(self, other: "Sample") -> "Sample":
        """Both together."""
        lows = [each for each in (self.low, other.low) if each is not None]
        highs = [each for each in (self.high, other.high) if each is not None]
        return Sample(
            n=self.n + other.n,
            total=self.total + other.total,
            low=min(lows, default=None),
            high=max(highs, default=None),
            bins=histogram.merged(self.bins, other.bins),
        )


Labelled = tuple[Mapping[str, str], Sample]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFigures:
    """A route (its URL pattern) and method; `errors` are the answers of 500 and above."""

    route: str
    method: str
    errors: int
    sample: Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A metric over some time: all of it, by steps of `step_s`, and for each set of labels, most first."""

    metric: str
    step_s: int
    whole: Sample
    points: Sequence[tuple[datetime, Sample]]
    series: Sequence[tuple[Mapping[str, str], Sample]]


def routes(*, at: datetime, over: timedelta, only: Collection[str] | None = None) -> list[RouteFigures]:
    """How long each route took over this time, the busiest first; of all, or of those in `only`. One statement."""
    found: dict[tuple[str, str], RouteFigures] = {}
    for labels, sample in _of_routes(only, at=at, over=over):
        key = labels.get("route", ""), labels.get("method", "")
        before = found.get(key) or RouteFigures(route=key[0], method=key[1], errors=0, sample=Sample(bins={}))
        errors = before.errors + (sample.n if labels.get("status") == "5xx" else 0)
        found[key] = RouteFigures(route=key[0], method=key[1], errors=errors, sample=before.sample.with_(sample))
    return sorted(found.values(), key=lambda each: (-each.sample.n, each.route, each.method))


def _of_routes(only: Collection[str] | None, *, at: datetime, over: timedelta) -> list[Labelled]:
    if only is None:
        return by_labels(REQUESTS, at=at, over=over)
    return _labelled(_BY_ROUTES, REQUESTS, at=at, over=over, routes=list(only))


def history(metric: str, *, at: datetime, over: timedelta) -> History:
    """What became of a metric; MOST_POINTS steps and MOST_SERIES label sets at most. Raises NoSuchMetric."""
    step_s = step_of(over)
    points = over_time(metric, at=at, over=over)
    if not points:
        raise NoSuchMetric(f"Nothing called {metric!r} was measured in this time.")
    series = sorted(by_labels(metric, at=at, over=over), key=lambda each: -each[1].n)
    whole = together(sample for _, sample in points)
    return History(metric=metric, step_s=step_s, whole=whole, points=points, series=series[:MOST_SERIES])


@once_a_look
def over_time(metric: str, *, at: datetime, over: timedelta) -> list[tuple[datetime, Sample]]:
    """The steps of `history`, whatever the labels; none where nothing was measured. One statement."""
    return _merged(_BY_STEP, metric, at=at, over=over, step_s=step_of(over))


def together(samples: Iterable[Sample]) -> Sample:
    whole = Sample(bins={})
    for sample in samples:
        whole = whole.with_(sample)
    return whole


def step_of(over: timedelta) -> int:
    """Seconds of a step of a chart over this time: MOST_POINTS at most; an hour at least where hours are read, of which
    all would stand in the first step.
    """
    shortest = _HOUR if over > min(_IN_SHORT_STEPS, _kept()) else 0
    steps = [each for each in _STEPS_S if each >= shortest]
    return next((each for each in steps if over.total_seconds() / each <= MOST_POINTS), steps[-1])


def figure(metric: str, share: float, *, at: datetime, over: timedelta) -> float | None:
    """One percentile over all labels, such as the P95 of statements; None where nothing was measured."""
    return whole(metric, at=at, over=over).quantiles([share])[0]


@once_a_look
def whole(metric: str, *, at: datetime, over: timedelta) -> Sample:
    """All that was measured of it, whatever its labels; nothing of a metric that wasn't. One statement."""
    found = _merged(_WHOLE, metric, at=at, over=over)
    return found[0][1] if found else Sample(bins={})


def wholes(metrics: Sequence[str], *, at: datetime, over: timedelta) -> Mapping[str, Sample]:
    """Each of these as `whole` has it; those that weren't measured are left out. One statement."""
    return dict(_merged(_WHOLES, "", at=at, over=over, metrics=list(metrics)))


def names(*, at: datetime, over: timedelta) -> list[str]:
    """The metrics that were seen in this time."""
    seen = MetricLabels.objects.filter(seen_at__gte=at - over - timedelta(hours=1))
    return list(seen.order_by("metric").values_list("metric", flat=True).distinct())


@once_a_look
def by_labels(metric: str, *, at: datetime, over: timedelta) -> list[Labelled]:
    """Each set of labels of a metric with what was measured under it; none of a metric that wasn't. One statement."""
    return _labelled(_BY_LABELS, metric, at=at, over=over)


def counts(metric: str, *, at: datetime, over: timedelta) -> list[Labelled]:
    """As `by_labels` without the histograms: how many there were and their sum, at a tenth of the effort."""
    return [(labels, sample) for labels, sample, _ in counts_beyond(math.inf, metric, at=at, over=over)]


@once_a_look
def counts_beyond(
    value: float, metric: str, *, at: datetime, over: timedelta
) -> list[tuple[Mapping[str, str], Sample, int]]:
    """As `counts`, and of how many values it isn't certain that they are smaller than `value`: of their minutes and
    labels the largest isn't.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"metric": metric, "from_": value, **parts(at=at, over=over)})
        rows = cursor.fetchall()
    return [(orjson.loads(labels), Sample(n=n, total=total, bins={}), beyond) for labels, n, total, beyond in rows]


def _labelled(statement: str, metric: str, *, at: datetime, over: timedelta, **more: Any) -> list[Labelled]:
    found = _merged(statement, metric, at=at, over=over, **more)
    return [(orjson.loads(labels), sample) for labels, sample in found]


def _merged(
    statement: str, metric: str, *, at: datetime, over: timedelta, step_s: int = _DAY, **more: Any
) -> list[tuple[Any, Sample]]:
    with connection.cursor() as cursor:
        given = {"metric": metric, "step": step_s, **parts(at=at, over=over, step_s=step_s), **more}
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    return [
        (key, Sample(n=n, total=total, low=low, high=high, bins=dict(zip(bins, counts, strict=True))))
        for key, n, total, low, high, bins, counts in rows
    ]


def parts(*, at: datetime, over: timedelta, step_s: int = _DAY) -> Mapping[str, datetime]:
    """Which of the time is read from days, which from hours, and which, being short or not rolled up yet, from minutes;
    all of it where it is to be told by steps (`step_s`) below an hour.

    The first minute, hour or day is read whole.
    """
    start = (at - over).replace(second=0, microsecond=0)
    parts = dict.fromkeys(("start", "days_end", "hours_start", "hours_end", "minutes_start"), start)
    if over > min(_BY_MINUTE, _kept()):
        day, hour = _floor(start, _DAY), _floor(start, _HOUR)
        rolled_up = hour if step_s < _HOUR else max(hour, _rolled_up_to(at=at))
        days_end = max(day, _floor(rolled_up, _DAY)) if over > _BY_HOUR else hour
        parts = {
            "start": day if over > _BY_HOUR else hour,
            "days_end": days_end,
            "hours_start": days_end,
            "hours_end": rolled_up,
            "minutes_start": rolled_up,
        }
    return {**parts, "at": at}


def _kept() -> timedelta:
    """So long minutes are there; expiry takes whole hours."""
    return timedelta(hours=settings.METRICS_RETENTION_HOURS)


def _rolled_up_to(*, at: datetime) -> datetime:
    """Every hour before this one is stored as it will stay, unless something comes late."""
    waiting = MetricFlush.objects.filter(is_rolled_up=False).aggregate(oldest=Min("oldest"))["oldest"]
    return _floor(min(waiting or at, at), _HOUR)


def _floor(at: datetime, period_s: int) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // period_s * period_s, UTC)

"""What is hunted through: the mean time of each endpoint and each query, a point for every so many minutes."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from performance.metrics.middleware import METRIC as REQUESTS
from performance.metrics.models import MetricBucket, MetricLabels
from performance.regressions import statements
from performance.regressions.models import Regression

TEN_MINUTES, HOUR = 600, 3600
# So long minutes are kept (METRICS_RETENTION_HOURS), and hours for longer.
_OVER = {TEN_MINUTES: timedelta(hours=24), HOUR: timedelta(days=14)}
_PERIOD = {TEN_MINUTES: MetricBucket.Period.MINUTE, HOUR: MetricBucket.Period.HOUR}
# By the time that they took in all: what is seldom asked for and fast costs nobody anything.
MOST_SUBJECTS = 150
# Fewer calls than this make no mean.
LEAST_CALLS = 5
# Measurements of a minute arrive within the next.
_LATE = timedelta(minutes=2)
_BY_STEP = """
SELECT labels_hash, date_bin(make_interval(secs => %(step)s), bucket, 'epoch') AS step, sum(n)::bigint, sum(total)
FROM performance_metricbucket
WHERE metric = %(metric)s AND period_s = %(period)s AND bucket >= %(start)s AND bucket < %(end)s
    AND labels_hash = ANY(%(hashes)s)
GROUP BY labels_hash, step
"""
# Of one subject: its rows one by one, where the other way reads everybody's.
_OF_ONE = """
SELECT each.labels_hash, date_bin(make_interval(secs => %(step)s), time.bucket, 'epoch') AS step,
    sum(found.n)::bigint, sum(found.total)
FROM generate_series(%(start)s, %(end)s - interval '1 second', make_interval(secs => %(period)s)) AS time (bucket)
CROSS JOIN unnest(%(hashes)s::bigint[]) AS each (labels_hash)
CROSS JOIN LATERAL (
    SELECT n, total FROM performance_metricbucket
    WHERE metric = %(metric)s AND period_s = %(period)s AND bucket = time.bucket AND labels_hash = each.labels_hash
    LIMIT 1
) AS found
GROUP BY each.labels_hash, step
"""
_BUSIEST = """
SELECT labels_hash, sum(total) FROM performance_metricbucket
WHERE metric = %s AND period_s = %s AND bucket >= %s AND bucket < %s GROUP BY labels_hash
"""


@dataclass(frozen=True, slots=True)
class Point:
    """The calls that began in the step from `at` on, and what one took on average."""

    at: datetime
    n: int
    mean_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An endpoint ("GET api/v1/…"), a query (its fingerprint) or a statement (its row's id)."""

    kind: str
    name: str


Labels = Mapping[str, str]


def _endpoint(labels: Labels) -> Subject | None:
    """What fails is fast, and is no part of how long it takes."""
    if labels.get("status") not in {"2xx", "3xx"} or not labels.get("route"):
        return None
    return Subject(kind=Regression.Kind.ENDPOINT, name=f"{labels.get('method', '')} {labels['route']}"[:300])


def _query(labels: Labels) -> Subject | None:
    fingerprint = labels.get("fingerprint", "other")
    if fingerprint == "other":
        return None
    return Subject(kind=Regression.Kind.QUERY, name=fingerprint[:300])


_SOURCES: Sequence[tuple[str, Callable[[Labels], Subject | None]]] = (
    (REQUESTS, _endpoint),
    ("sql.statement_ms", _query),
)


def all_series(step_s: int, *, at: datetime) -> Mapping[Subject, Sequence[Point]]:
    """Of the busiest subjects, steps that have ended and had calls enough, oldest first. Eight statements."""
    found: dict[Subject, Sequence[Point]] = {}
    for metric, subject_of in _SOURCES:
        subjects = _subjects(metric, subject_of)
        found.update(_series(metric, _busiest(metric, subjects, step_s, at=at), step_s, at=at))
    given = _given(step_s, at=at)
    return found | _of_statements(statements.busiest(given, most=MOST_SUBJECTS), given)


def series_of(kind: str, name: str, step_s: int, *, at: datetime) -> Sequence[Point]:
    """Of one subject, for its chart."""
    if kind == Regression.Kind.STATEMENT:
        return next(iter(_of_statements([int(name)], _given(step_s, at=at)).values()), [])
    metric, subject_of = _SOURCES[0] if kind == Regression.Kind.ENDPOINT else _SOURCES[1]
    wanted = Subject(kind=kind, name=name)
    hashes = {key: each for key, each in _subjects(metric, subject_of).items() if each == wanted}
    return _series(metric, hashes, step_s, at=at, statement=_OF_ONE).get(wanted, [])


def title_of(subject: Subject) -> str:
    """Of a query the view and the line that send it, and how it begins, as it was measured last; of a statement whose
    it is, and how it begins. "" of endpoints, and where nothing is left.
    """
    if subject.kind == Regression.Kind.STATEMENT:
        return statements.title_of(int(subject.name))
    if subject.kind == Regression.Kind.ENDPOINT:
        return ""
    rows = MetricLabels.objects.filter(metric="sql.statement_ms", labels__fingerprint=subject.name)
    labels = rows.order_by("-seen_at").values_list("labels", flat=True).first()
    return f"{labels.get('view') or '-'} ({labels.get('line') or '-'}): {labels.get('sql', '')}"[:300] if labels else ""


def _subjects(metric: str, subject_of: Callable[[Labels], Subject | None]) -> dict[int, Subject]:
    rows = MetricLabels.objects.filter(metric=metric).values_list("labels_hash", "labels")
    return {key: subject for key, labels in rows if (subject := subject_of(labels)) is not None}


def _busiest(metric: str, subjects: Mapping[int, Subject], step_s: int, *, at: datetime) -> dict[int, Subject]:
    start, end = _within(step_s, at=at)
    spent: defaultdict[Subject, float] = defaultdict(float)
    with connection.cursor() as cursor:
        cursor.execute(_BUSIEST, [metric, _PERIOD[step_s], start, end])
        for key, total in cursor.fetchall():
            if key in subjects:
                spent[subjects[key]] += total
    most = set(sorted(spent, key=lambda each: -spent[each])[:MOST_SUBJECTS])
    return {key: each for key, each in subjects.items() if each in most}


def _series(
    metric: str, hashes: Mapping[int, Subject], step_s: int, *, at: datetime, statement: str = _BY_STEP
) -> dict[Subject, Sequence[Point]]:
    given = {**_given(step_s, at=at), "metric": metric}
    sums: defaultdict[Subject, defaultdict[datetime, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0, 0.0]))
    with connection.cursor() as cursor:
        cursor.execute(statement, {**given, "hashes": list(hashes)})
        for key, step, n, total in cursor.fetchall():
            both = sums[hashes[key]][step]
            both[0] += n
            both[1] += total
    return {subject: _points(steps) for subject, steps in sums.items()}


def _of_statements(ids: Sequence[int], given: Mapping[str, Any]) -> dict[Subject, Sequence[Point]]:
    return {
        Subject(kind=Regression.Kind.STATEMENT, name=str(id_)): _points(steps)
        for id_, steps in statements.sums_of(ids, given).items()
    }


def _points(steps: Mapping[datetime, Sequence[float]]) -> list[Point]:
    """A mean of nothing has no logarithm: what the clock couldn't tell from nothing is left out."""
    return [Point(at, int(n), total / n) for at, (n, total) in sorted(steps.items()) if n >= LEAST_CALLS and total > 0]


def _given(step_s: int, *, at: datetime) -> Mapping[str, Any]:
    start, end = _within(step_s, at=at)
    return {"step": step_s, "period": _PERIOD[step_s], "start": start, "end": end}


def _within(step_s: int, *, at: datetime) -> tuple[datetime, datetime]:
    """Whole steps that have ended."""
    ended = (at - _LATE).timestamp() // step_s * step_s
    end = datetime.fromtimestamp(ended, tz=at.tzinfo)
    return end - _OVER[step_s], end

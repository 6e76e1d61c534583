"""Who in our code sends a statement: views, tasks and lines, and which of them ask row by row.

The application measures by fingerprint, PostgreSQL counts by queryid; a shape is what both texts have in common.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from performance.database.statements import repeats
from performance.metrics.queries import by_labels, parts

# Of one statement, those that took longest.
MOST_SHOWN = 20
# What `queries.parts` says of the time, of some label sets.
WITHIN = """metric = 'sql.statement_ms' AND labels_hash = ANY(%(hashes)s) AND (
    (period_s = 86400 AND bucket >= %(start)s AND bucket < %(days_end)s)
    OR (period_s = 3600 AND bucket >= %(hours_start)s AND bucket < %(hours_end)s)
    OR (period_s = 60 AND bucket >= %(minutes_start)s AND bucket <= %(at)s)
)"""
# As the partial index has it.
_LABELS = """
SELECT labels_hash, labels->>'shape', coalesce(labels->>'view', '-'), coalesce(labels->>'line', '-')
FROM performance_metriclabels WHERE metric = 'sql.statement_ms' AND labels->>'shape' = ANY(%s)
"""
_SHAPES = """
SELECT DISTINCT labels->>'shape' FROM performance_metriclabels
WHERE metric = 'sql.statement_ms' AND labels->>'view' = %s AND labels->>'shape' <> ''
"""
_CALLS = f"""
SELECT labels_hash, sum(n)::bigint, sum(total), max(high) FROM performance_metricbucket
WHERE {WITHIN} GROUP BY labels_hash
"""  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Asker:
    """A line of ours that sends a statement for a view or task, as the application saw it."""

    view: str
    line: str
    calls: int
    total_ms: float
    max_ms: float


@dataclass(frozen=True, slots=True)
class Repeat:
    """N+1: `line` asks for `field` of `model` one by one; in `times` requests or tasks of `view`, `worst` at most."""

    model: str
    field: str
    view: str
    line: str
    times: int
    worst: int


def askers(shapes: Collection[str], *, at: datetime, over: timedelta) -> Mapping[str, Sequence[Asker]]:
    """By shape, those that took longest first. Two statements, none where nothing is asked for."""
    wanted = sorted(each for each in shapes if each)
    if not wanted:
        return {}
    found: defaultdict[str, list[Asker]] = defaultdict(list)
    known = labels_of(wanted)
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, {"hashes": list(known), **parts(at=at, over=over)})
        for hash_, calls, total_ms, max_ms in cursor.fetchall():
            shape, view, line = known[hash_]
            found[shape].append(Asker(view, line, calls, total_ms, max_ms or 0.0))
    return {shape: sorted(each, key=lambda one: -one.total_ms)[:MOST_SHOWN] for shape, each in found.items()}


def labels_of(shapes: Collection[str]) -> Mapping[int, tuple[str, str, str]]:
    """Shape, view and line by the hash of the labels."""
    with connection.cursor() as cursor:
        cursor.execute(_LABELS, [sorted(shapes)])
        return {hash_: (shape, view, line) for hash_, shape, view, line in cursor.fetchall()}


def repeated(*, at: datetime, over: timedelta) -> Mapping[str, Sequence[Repeat]]:
    """By shape, the worst first."""
    found: defaultdict[str, list[Repeat]] = defaultdict(list)
    for labels, sample in by_labels(repeats.METRIC, at=at, over=over):
        if shape := labels.get("shape"):
            model, field, view, line = (labels.get(name, "") for name in ("model", "field", "view", "line"))
            found[shape].append(Repeat(model, field, view, line, times=sample.n, worst=round(sample.high or 0)))
    return {shape: sorted(each, key=lambda one: -one.worst) for shape, each in found.items()}


def shapes_of_view(view: str) -> set[str]:
    """What a view or task sends."""
    with connection.cursor() as cursor:
        cursor.execute(_SHAPES, [view])
        return {shape for (shape,) in cursor.fetchall()}

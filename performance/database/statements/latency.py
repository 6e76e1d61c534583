"""The P95 of statements in the last hour and in the day before, as the application measured them: a duty."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

from performance.database.slow_queries import METRIC
from performance.metrics.queries import Sample, by_labels

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Fewer calls than this have no P95 worth comparing.
FEWEST = 20
_STORE = """
WITH known AS (
    SELECT * FROM unnest(%(shapes)s::text[], %(now)s::float8[], %(before)s::float8[]) AS k (shape, p95, p95_before)
)
UPDATE performance_statement s SET p95_ms = f.p95, p95_before_ms = f.p95_before
FROM (
    SELECT o.id, k.p95, k.p95_before FROM performance_statement o LEFT JOIN known k ON k.shape = o.shape
    WHERE o.shape <> ''
) AS f
WHERE f.id = s.id AND (s.p95_ms, s.p95_before_ms) IS DISTINCT FROM (f.p95, f.p95_before)
"""


def compare(*, at: datetime) -> int:
    """How many statements have other figures now. Idempotent."""
    now, before = _p95(at=at, over=HOUR), _p95(at=at - HOUR, over=DAY)
    shapes = sorted(now.keys() | before.keys())
    given = {
        "shapes": shapes,
        "now": [now.get(each) for each in shapes],
        "before": [before.get(each) for each in shapes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, given)
        return int(cursor.rowcount)


def _p95(*, at: datetime, over: timedelta) -> Mapping[str, float]:
    """By shape: whichever view and line sent it."""
    found: defaultdict[str, Sample] = defaultdict(lambda: Sample(bins={}))
    for labels, sample in by_labels(METRIC, at=at, over=over):
        if shape := labels.get("shape"):
            found[shape] = found[shape].with_(sample)
    known = {shape: sample.quantiles([0.95])[0] for shape, sample in found.items() if sample.n >= FEWEST}
    return {shape: p95 for shape, p95 in known.items() if p95 is not None}

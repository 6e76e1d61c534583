"""The P95 of statements in the last hour and in the day before, as the application measured them: a duty."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from performance.database.statements.askers import WITHIN, labels_of
from performance.metrics.histogram import quantiles
from performance.metrics.queries import parts

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Fewer calls than this have no P95 worth comparing.
FEWEST = 20
# The costliest statements of the last hour: of five thousand, the histograms alone took seven seconds.
MOST_COMPARED = 500
_COSTLIEST = """
SELECT DISTINCT s.shape FROM (
    SELECT statement_id FROM performance_statementdelta
    WHERE period_s = 3600 AND bucket > %(since)s::timestamptz - interval '1 hour' AND bucket <= %(at)s
    GROUP BY statement_id ORDER BY sum(total_ms) DESC LIMIT %(most)s
) AS d JOIN performance_statement s ON s.id = d.statement_id WHERE s.shape <> ''
"""
_BINS = f"""
SELECT k.shape, each.bin, sum(each.n)::bigint
FROM (SELECT labels_hash, bins, counts FROM performance_metricbucket WHERE {WITHIN}) AS b
JOIN unnest(%(hashes)s::bigint[], %(shapes)s::text[]) AS k (labels_hash, shape) USING (labels_hash)
CROSS JOIN unnest(b.bins, b.counts) AS each (bin, n) GROUP BY k.shape, each.bin
"""  # noqa: S608 - of constants
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
    """How many statements have other figures now: the costliest have theirs, all others none. Idempotent."""
    with connection.cursor() as cursor:
        cursor.execute(_COSTLIEST, {"since": at - HOUR, "at": at, "most": MOST_COMPARED})
        labels = {hash_: shape for hash_, (shape, *_) in labels_of([shape for (shape,) in cursor.fetchall()]).items()}
    now, before = _p95(labels, at=at, over=HOUR), _p95(labels, at=at - HOUR, over=DAY)
    shapes = sorted(now.keys() | before.keys())
    given: dict[str, Any] = {
        "shapes": shapes,
        "now": [now.get(each) for each in shapes],
        "before": [before.get(each) for each in shapes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, given)
        return int(cursor.rowcount)


def _p95(labels: Mapping[int, str], *, at: datetime, over: timedelta) -> Mapping[str, float]:
    """By shape: whichever view and line sent it."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_BINS, {"hashes": list(labels), "shapes": list(labels.values()), **parts(at=at, over=over)})
        for shape, bin_, n in cursor.fetchall():
            found[shape][bin_] = n
    known = {shape: quantiles(bins, [0.95])[0] for shape, bins in found.items() if sum(bins.values()) >= FEWEST}
    return {shape: p95 for shape, p95 in known.items() if p95 is not None}

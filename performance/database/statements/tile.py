"""Statements in one tile of the dashboard."""

from datetime import datetime, timedelta

from performance.console.shapes import Level, TileFigures
from performance.database.slow_queries import METRIC
from performance.database.statements.history import whole
from performance.database.statements.slow import Wish, slow
from performance.database.statements.source import source
from performance.database.statements.windows import window_of
from performance.metrics.queries import figure

OVER = timedelta(hours=1)
# Of the P95 in milliseconds, up to which it is as good.
_LEVELS = ((25.0, Level.EXCELLENT), (50.0, Level.GOOD), (100.0, Level.FAIR), (250.0, Level.POOR))


def tile(*, at: datetime) -> TileFigures:
    p95 = figure(METRIC, 0.95, at=at, over=OVER)
    value = "-" if p95 is None else f"{p95:,.3g}"
    if problem := source().problem:
        return TileFigures(level=level_of(p95), value=value, unit="ms P95", says=problem)
    window = window_of(OVER, at=at)
    found = slow(window, Wish(limit=1))
    says = "No statement was counted in the last hour"
    if found.rows:
        says = f"{found.found:,} statements; the costliest has {found.rows[0].share:.0%} of the time"
    spark = [point.total_ms for point in whole(window).points]
    return TileFigures(level=level_of(p95), value=value, unit="ms P95", says=says, spark=spark)


def level_of(p95: float | None) -> Level:
    if p95 is None:
        return Level.UNKNOWN
    return next((level for most, level in _LEVELS if p95 <= most), Level.CRITICAL)

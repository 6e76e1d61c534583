"""Statements in one tile of the dashboard."""

from datetime import datetime, timedelta

from performance.console.shapes import Level, TileFigures
from performance.database.statements.models import StatementSnapshot
from performance.database.statements.source import source

OVER = timedelta(hours=1)
# Of the mean in milliseconds, up to which it is as good.
_LEVELS = ((5.0, Level.EXCELLENT), (10.0, Level.GOOD), (25.0, Level.FAIR), (100.0, Level.POOR))


def tile(*, at: datetime) -> TileFigures:
    """From what the snapshots add up, a row a minute: however many statements there are."""
    if problem := source().problem:
        return TileFigures(level=Level.UNKNOWN, value="-", says=problem)
    looks = StatementSnapshot.objects.filter(at__gt=at - OVER, at__lte=at).order_by("at")
    minutes = list(looks.values_list("calls", "total_ms"))
    calls, total_ms = sum(calls for calls, _ in minutes), sum(total_ms for _, total_ms in minutes)
    if not calls:
        return TileFigures(level=Level.UNKNOWN, value="-", says="No statement was counted in the last hour")
    busy = total_ms / 1000 / OVER.total_seconds()
    return TileFigures(
        level=level_of(total_ms / calls),
        value=f"{total_ms / calls:,.2g}",
        unit="ms a statement",
        says=f"{calls / OVER.total_seconds():,.1f} statements/s, {busy:.1%} of one core's time in the last hour",
        spark=[total_ms for _, total_ms in minutes],
    )


def level_of(mean_ms: float) -> Level:
    return next((level for most, level in _LEVELS if mean_ms <= most), Level.CRITICAL)

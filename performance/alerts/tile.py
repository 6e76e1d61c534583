"""Alerts in one tile: how many fire, the gravest, and how many fired in each hour of the last day."""

from collections import Counter
from datetime import datetime, timedelta

from performance.alerts.figures import what_is_open
from performance.alerts.models import Alert
from performance.console.shapes import Level, TileFigures

_HOURS = 24


def tile(*, at: datetime) -> TileFigures:
    open_ = what_is_open(at=at)
    spark = _fired_by_hour(at=at)
    if open_.is_stale:
        return TileFigures(level=Level.UNKNOWN, value="?", says="Nobody looks: does the pump run?", spark=spark)
    if not open_.firing:
        says = f"{len(open_.pending)} pending" if open_.pending else f"{sum(spark):.0f} in the last day"
        level = Level.FAIR if open_.pending else Level.EXCELLENT
        return TileFigures(level=level, value="0", unit="firing", says=says, spark=spark)
    gravest = open_.firing[0].alert
    level = Level.CRITICAL if gravest.severity == "critical" else Level.POOR
    says = f"{gravest}: {open_.firing[0].value}"
    return TileFigures(level=level, value=str(len(open_.firing)), unit="firing", says=says, spark=spark)


def _fired_by_hour(*, at: datetime) -> list[float]:
    """Oldest first."""
    fired = Alert.objects.fired().filter(fired_at__gt=at - timedelta(hours=_HOURS), fired_at__lte=at)
    hours = Counter(int((at - each).total_seconds() // 3600) for each in fired.values_list("fired_at", flat=True))
    return [float(hours[ago]) for ago in reversed(range(_HOURS))]

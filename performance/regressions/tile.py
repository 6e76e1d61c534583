"""Regressions in one tile."""

from datetime import datetime

from performance.console.shapes import Level, TileFigures
from performance.metrics.models import MetricBucket
from performance.regressions.figures import slower
from performance.regressions.series import HOUR


def tile(*, at: datetime) -> TileFigures:
    found = slower(at=at)
    if not found:
        is_measured = MetricBucket.objects.filter(metric="http.request_ms", period_s=HOUR).exists()
        level = Level.EXCELLENT if is_measured else Level.UNKNOWN
        return TileFigures(level=level, value="0", unit="slower", says="than they were, for good")
    worst = max(found, key=lambda each: each.change)
    level = Level.POOR if worst.change >= 1.0 else Level.FAIR
    says = f"{(worst.title or worst.subject)[:60]} by {worst.change:.0%}"
    return TileFigures(level=level, value=str(len(found)), unit="slower", says=says)

"""The queues in one tile of the dashboard."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from performance.console.shapes import Finding, Level, Severity, TileFigures
from performance.metrics.queries import over_time
from performance.queues.figures import Picture, picture
from performance.queues.findings import MINUTES, of
from performance.queues.names import known


def tile(*, at: datetime) -> TileFigures:
    seen = picture(at=at, minutes=MINUTES)
    if not seen.is_broker_there:
        return TileFigures(level=Level.CRITICAL, value="?", says=seen.trouble)
    waiting = sum(queue.waiting_in_all or 0 for queue in seen.queues)
    found = [each for each in of(seen) if each.severity is not Severity.INFO]
    gravest = min(found, key=lambda each: each.severity is not Severity.CRITICAL, default=None)
    return TileFigures(
        level=_level(found, waiting=waiting),
        value=f"{waiting:,}",
        unit="waiting",
        says=f"{gravest.title}; {_says(seen)}" if gravest else _says(seen),
        spark=_spark(at=at),
    )


def _level(found: Sequence[Finding], *, waiting: int) -> Level:
    if any(each.severity is Severity.CRITICAL for each in found):
        return Level.CRITICAL
    if any(each.severity is Severity.WARNING for each in found):
        return Level.POOR
    return Level.GOOD if waiting else Level.EXCELLENT


def _says(seen: Picture) -> str:
    running = [queue.running for queue in seen.queues if queue.running is not None]
    told = [f"{sum(running) + sum(queue.leased for queue in seen.queues):,} at work"]
    if dead := sum(queue.dead + queue.dead_jobs for queue in seen.queues):
        told.append(f"{dead:,} dead")
    if paused := [queue.queue for queue in seen.queues if queue.pause]:
        told.append(f"paused: {', '.join(paused)}")
    return "; ".join(told)


def _spark(*, at: datetime) -> Sequence[float | None]:
    """The depth of all queues together; they are looked at equally often."""
    points = over_time("queue.depth", at=at, over=timedelta(hours=1))
    return [sample.total / sample.n * len(known()) if sample.n else None for _, sample in points]

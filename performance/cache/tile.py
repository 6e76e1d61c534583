"""The cache in one tile, and what is wrong with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from performance.cache import thresholds
from performance.cache.hit_rate import hit_rate
from performance.cache.report import Report, report
from performance.cache.server import Server, server
from performance.console.shapes import Finding, Level, Severity, TileFigures

OVER = timedelta(hours=1)
_FLOORS = ((0.9, Level.EXCELLENT), (0.8, Level.GOOD), (0.65, Level.FAIR), (0.5, Level.POOR))
_SEVERITIES = {"warning": Severity.WARNING, "critical": Severity.CRITICAL}
# Of maxmemory, beyond which keys are evicted any minute.
NEARLY_FULL = 0.9


def level_of(rate: float | None) -> Level:
    """By hit rate; DESIGN's floor of 80 % is where "good" ends."""
    if rate is None:
        return Level.UNKNOWN
    return next((level for floor, level in _FLOORS if rate >= floor), Level.CRITICAL)


def tile(*, at: datetime) -> TileFigures:
    if not settings.CACHE_ENABLED:
        return TileFigures(level=Level.UNKNOWN, value="off", says="CACHE_ENABLED is false")
    found, valkey = hit_rate(at=at, over=OVER), server()
    if valkey is None:
        return TileFigures(level=Level.CRITICAL, value="gone", says="Valkey can't be reached: nothing is cached")
    rate = found.hit_rate
    return TileFigures(
        level=level_of(rate),
        value="-" if rate is None else f"{100 * rate:.1f}",
        unit="" if rate is None else "% hits",
        says=f"in the last hour; Valkey holds {valkey.used_bytes / 2**20:,.0f} MiB",
        spark=[point.hit_rate for point in found.points],
    )


def findings(*, at: datetime) -> Sequence[Finding]:
    found, valkey = report(at=at, minutes=int(OVER.total_seconds() // 60)), server()
    beyond = [
        Finding(
            area="cache",
            key=each.name,
            severity=_SEVERITIES[each.level(found)],
            title=each.title.format(value),
            says=f"It should stay {'above' if each.is_floor else 'below'} {each.warning:g}, over the last hour.",
            action=each.advice,
            impact=_missed(found) if each.is_floor else 0.0,
            unit="misses an hour",
            url=reverse("console-cache"),
        )
        for each in thresholds.registered()
        if each.level(found) in _SEVERITIES and (value := each.of(found)) is not None
    ]
    return beyond if valkey is None else [*beyond, *_of_server(valkey)]


def _missed(found: Report) -> float:
    return float(sum(each.misses for each in found.patterns))


def _of_server(valkey: Server) -> Sequence[Finding]:
    share = valkey.used_share
    if share is None or share < NEARLY_FULL:
        return []
    return [
        Finding(
            area="cache",
            key="cache.memory",
            severity=Severity.WARNING,
            title=f"Valkey's memory is {share:.0%} full",
            says=f"{valkey.used_bytes / 2**20:,.0f} of {valkey.limit_bytes / 2**20:,.0f} MiB; policy {valkey.policy}.",
            action="Raise maxmemory, or shorten the TTLs of the patterns that take most.",
            url=reverse("console-cache"),
        )
    ]

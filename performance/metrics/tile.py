"""Requests in one tile, and which routes need work."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.urls import reverse

from performance.console.shapes import Finding, Level, Severity, TileFigures
from performance.metrics import levels, queries
from performance.metrics.middleware import METRIC
from performance.metrics.queries import NoSuchMetric, RouteFigures, Sample

OVER = timedelta(hours=1)


def tile(*, at: datetime) -> TileFigures:
    try:
        found = queries.history(METRIC, at=at, over=OVER)
    except NoSuchMetric:
        return TileFigures(level=Level.UNKNOWN, value="-", says="No request in the last hour")
    p95, errors = found.whole.quantiles([0.95])[0], errors_share(found.series)
    return TileFigures(
        level=levels.of_requests(p95, errors, answers=found.whole.n),
        value="-" if p95 is None else f"{p95:,.0f}",
        unit="ms P95",
        says=f"{found.whole.n / OVER.total_seconds():,.1f} requests/s, {errors:.1%} errors in the last hour",
        spark=[sample.quantiles([0.95])[0] for _, sample in found.points],
    )


def errors_share(series: Sequence[tuple[Mapping[str, str], Sample]]) -> float:
    """Of answers of 500 and above."""
    n = sum(sample.n for _, sample in series)
    failed = sum(sample.n for labels, sample in series if labels.get("status") == "5xx")
    return failed / n if n else 0.0


def findings(*, at: datetime) -> Sequence[Finding]:
    routes = [each for each in queries.routes(at=at, over=OVER) if each.sample.n >= levels.FEWEST]
    return [found for each in routes for found in (_slow(each), _failing(each)) if found is not None]


def _slow(route: RouteFigures) -> Finding | None:
    p95 = route.sample.quantiles([0.95])[0]
    if p95 is None or p95 < levels.P95_FAIR_MS:
        return None
    is_critical = p95 >= levels.P95_CRITICAL_MS
    return Finding(
        area="web",
        key=f"route.slow:{route.method} {route.route}",
        severity=Severity.CRITICAL if is_critical else Severity.WARNING,
        title=f"{route.method} {route.route} takes {p95:,.0f} ms (P95)",
        says=f"{route.sample.n:,} requests in the last hour; {levels.P95_FAIR_MS:.0f} ms would be good.",
        action="Look which statements it runs (Statements, by view), and whether its reads could be cached.",
        impact=route.sample.total,
        url=reverse("console-requests"),
    )


def _failing(route: RouteFigures) -> Finding | None:
    share = route.errors / route.sample.n
    if share < levels.ERRORS_FAIR:
        return None
    return Finding(
        area="web",
        key=f"route.errors:{route.method} {route.route}",
        severity=Severity.CRITICAL if share >= levels.ERRORS_CRITICAL else Severity.WARNING,
        title=f"{share:.0%} of {route.method} {route.route} fail",
        says=f"{route.errors:,} of {route.sample.n:,} answers of the last hour were 500 or above.",
        action="The log has each one's traceback under its request id.",
        impact=float(route.errors),
        unit="requests an hour",
        url=reverse("console-requests"),
    )

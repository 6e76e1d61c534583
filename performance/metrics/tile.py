"""Requests in one tile, and which routes need work."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from performance.console.shapes import Finding, Level, Severity, TileFigures
from performance.metrics import levels, queries
from performance.metrics.histogram import RELATIVE_ERROR
from performance.metrics.middleware import METRIC

OVER = timedelta(hours=1)
# A percentile is within 5 %: one that isn't good has values at least so large.
_SLOW_MS = levels.P95_FAIR_MS * (1 - RELATIVE_ERROR)
_Route = tuple[str, str]


@dataclass(slots=True)
class _Answers:
    """How many, how many of 500 and above, and of how many it isn't certain that they took less than _SLOW_MS."""

    n: int = 0
    errors: int = 0
    slow: int = 0

    @property
    def may_be_slow(self) -> bool:
        """Else its P95 is good, whatever its histogram is: summing those up is most of the effort."""
        return self.slow >= 0.05 * self.n


def tile(*, at: datetime) -> TileFigures:
    points = queries.over_time(METRIC, at=at, over=OVER)
    if not points:
        return TileFigures(level=Level.UNKNOWN, value="-", says="No request in the last hour")
    whole = queries.together(sample for _, sample in points)
    p95, errors = whole.quantiles([0.95])[0], errors_share(_answers(at=at).values())
    return TileFigures(
        level=levels.of_requests(p95, errors, answers=whole.n),
        value="-" if p95 is None else f"{p95:,.0f}",
        unit="ms P95",
        says=f"{whole.n / OVER.total_seconds():,.1f} requests/s, {errors:.1%} errors in the last hour",
        spark=[sample.quantiles([0.95])[0] for _, sample in points],
    )


def errors_share(answers: Collection[_Answers]) -> float:
    """Of answers of 500 and above."""
    n = sum(each.n for each in answers)
    return sum(each.errors for each in answers) / n if n else 0.0


def findings(*, at: datetime) -> Sequence[Finding]:
    answers = {route: each for route, each in _answers(at=at).items() if each.n >= levels.FEWEST}
    return [*_slow_ones(answers, at=at), *_failing_ones(answers)]


def _answers(*, at: datetime) -> Mapping[_Route, _Answers]:
    """By route and method."""
    found: dict[_Route, _Answers] = {}
    for labels, sample, slow in queries.counts_beyond(_SLOW_MS, METRIC, at=at, over=OVER):
        each = found.setdefault((labels.get("route", ""), labels.get("method", "")), _Answers())
        each.n += sample.n
        each.slow += slow
        each.errors += sample.n if labels.get("status") == "5xx" else 0
    return found


def _slow_ones(answers: Mapping[_Route, _Answers], *, at: datetime) -> Iterator[Finding]:
    wanted = {route for route, each in answers.items() if each.may_be_slow}
    if wanted:
        for each in queries.routes(at=at, over=OVER, only={route for route, _ in wanted}):
            if (each.route, each.method) in wanted and (found := _slow(each)):
                yield found


def _failing_ones(answers: Mapping[_Route, _Answers]) -> Iterator[Finding]:
    url = reverse("console-requests")
    for (route, method), each in answers.items():
        if found := _failing(f"{method} {route}", each, url=url):
            yield found


def _slow(route: queries.RouteFigures) -> Finding | None:
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


def _failing(route: str, answers: _Answers, *, url: str) -> Finding | None:
    share = answers.errors / answers.n
    if share < levels.ERRORS_FAIR:
        return None
    return Finding(
        area="web",
        key=f"route.errors:{route}",
        severity=Severity.CRITICAL if share >= levels.ERRORS_CRITICAL else Severity.WARNING,
        title=f"{share:.0%} of {route} fail",
        says=f"{answers.errors:,} of {answers.n:,} answers of the last hour were 500 or above.",
        action="The log has each one's traceback under its request id.",
        impact=float(answers.errors),
        unit="requests an hour",
        url=url,
    )

"""How well requests are answered, by the thresholds of DESIGN: P95 200/500 ms, errors 5/10 %. Pure."""

from performance.console.shapes import Level, worst

P95_FAIR_MS, P95_CRITICAL_MS = 200.0, 500.0
ERRORS_FAIR, ERRORS_CRITICAL = 0.05, 0.1
# Fewer answers than this say nothing: the first after a start take long.
FEWEST = 20


def of_route(p95_ms: float | None, *, answers: int) -> Level:
    """Excellent below half of what is fair; poor is the upper half between fair and critical."""
    return _level(p95_ms, fair=P95_FAIR_MS, critical=P95_CRITICAL_MS) if answers >= FEWEST else Level.UNKNOWN


def of_requests(p95_ms: float | None, errors: float | None, *, answers: int) -> Level:
    """The worse of both."""
    if answers < FEWEST:
        return Level.UNKNOWN
    return worst([of_route(p95_ms, answers=answers), _level(errors, fair=ERRORS_FAIR, critical=ERRORS_CRITICAL)])


def _level(value: float | None, *, fair: float, critical: float) -> Level:
    if value is None:
        return Level.UNKNOWN
    steps = ((fair / 2, Level.EXCELLENT), (fair, Level.GOOD), ((fair + critical) / 2, Level.FAIR))
    found = next((level for limit, level in steps if value < limit), None)
    return found or (Level.POOR if value < critical else Level.CRITICAL)

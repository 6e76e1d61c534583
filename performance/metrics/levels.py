"""How well requests are answered, by the thresholds of DESIGN: P95 200/500 ms, errors 5/10 %. Pure."""

from performance.console.shapes import Level, worst

P95_FAIR_MS, P95_CRITICAL_MS = 200.0, 500.0
ERRORS_FAIR, ERRORS_CRITICAL = 0.05, 0.1


def of_latency(p95_ms: float | None) -> Level:
    """Excellent below half of what is fair; poor is the upper half between fair and critical."""
    return _level(p95_ms, fair=P95_FAIR_MS, critical=P95_CRITICAL_MS)


def of_errors(share: float | None) -> Level:
    return _level(share, fair=ERRORS_FAIR, critical=ERRORS_CRITICAL)


def of_requests(p95_ms: float | None, errors: float | None) -> Level:
    """The worse of both."""
    return worst([of_latency(p95_ms), of_errors(errors)])


def _level(value: float | None, *, fair: float, critical: float) -> Level:
    if value is None:
        return Level.UNKNOWN
    steps = ((fair / 2, Level.EXCELLENT), (fair, Level.GOOD), ((fair + critical) / 2, Level.FAIR))
    found = next((level for limit, level in steps if value < limit), None)
    return found or (Level.POOR if value < critical else Level.CRITICAL)

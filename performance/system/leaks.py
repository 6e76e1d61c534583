"""Whether a process leaks: its memory grows, certainly, by much, and has not ceased to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from performance.system.trends import Slope, theil_sen

# What is loaded and cached at first is no leak.
WARM_UP = timedelta(minutes=10)
LEAST_POINTS, LEAST_TIME = 24, timedelta(minutes=45)
# Slower is not worth a restart; and less than so much in all may be a cache that fills. Memory of one minute resembles
# that of the one before, which the interval takes for independent: that is what the second one is for.
LEAST_MB_PER_HOUR, LEAST_MB = 4.0, 32.0


class Verdict(StrEnum):
    """`UNKNOWN`: too few samples, or too short a time."""

    UNKNOWN = "unknown"
    STEADY = "steady"
    LEAKING = "leaking"


@dataclass(frozen=True, slots=True)
class Growth:
    """`slope` is MiB an hour, None where it is unknown."""

    verdict: Verdict
    slope: Slope | None = None

    def left(self, mb: float) -> timedelta | None:
        """When a leaking process will have grown by so much."""
        if self.verdict is not Verdict.LEAKING or self.slope is None:
            return None
        return timedelta(hours=max(0.0, mb) / self.slope.estimate)


def growth(points: Sequence[tuple[datetime, float]], *, began_at: datetime) -> Growth:
    """Of (time, MiB) of one process, in the order of time."""
    settled = [(at, mb) for at, mb in points if at >= began_at + WARM_UP]
    if len(settled) < LEAST_POINTS or settled[-1][0] - settled[0][0] < LEAST_TIME:
        return Growth(Verdict.UNKNOWN)
    whole, lately = _slope(settled), _slope(settled[len(settled) // 2 :])
    hours = (settled[-1][0] - settled[0][0]) / timedelta(hours=1)
    least = max(LEAST_MB_PER_HOUR, LEAST_MB / hours)
    is_leaking = whole is not None and lately is not None and whole.low > least and lately.low > LEAST_MB_PER_HOUR
    return Growth(Verdict.LEAKING if is_leaking else Verdict.STEADY, whole)


def _slope(points: Sequence[tuple[datetime, float]]) -> Slope | None:
    return theil_sen([(at.timestamp() / 3600, mb) for at, mb in points])

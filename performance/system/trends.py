"""How fast something grows, by the median of all slopes, with an interval: what outliers can't move. Pure.

The estimate is Sen's (P. K. Sen: "Estimates of the regression coefficient based on Kendall's tau", Journal of the
American Statistical Association 63, 1968), the interval that of R. O. Gilbert ("Statistical Methods for Environmental
Pollution Monitoring", 1987, section 16.4.2): of the N slopes in order, the ranks (N - C) / 2 and (N + C) / 2 + 1, where
C = z · sqrt(Var S) and S is Kendall's statistic, its variance corrected for ties.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist, median

CONFIDENCE = 0.99

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Slope:
    """By unit of time: the estimate, and between which bounds it lies with the confidence asked for."""

    estimate: float
    low: float
    high: float


def theil_sen(points: Sequence[Point], *, confidence: float = CONFIDENCE) -> Slope | None:
    """Of (time, value) in the order of time; None of what says nothing: fewer than three, or all at one time.

    Takes all pairs: a millisecond of CPU for 60 points.
    """
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2) if b[0] != a[0])
    if len(points) < 3 or not slopes:
        return None
    spread = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(_variance([value for _, value in points]))
    below = math.floor((len(slopes) - spread) / 2)
    if below < 1:
        # So few points that even the outermost slopes are within chance.
        return Slope(median(slopes), -math.inf, math.inf)
    return Slope(median(slopes), slopes[below - 1], slopes[-below])


def _variance(values: Sequence[float]) -> float:
    """Of Kendall's S; values that are the same several times are ties."""
    n = len(values)
    tied = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    return (n * (n - 1) * (2 * n + 5) - tied) / 18

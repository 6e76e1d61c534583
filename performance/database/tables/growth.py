"""How fast something grows, by a slope that single jumps don't bend. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

FEWEST = 12
SHORTEST = timedelta(hours=12)
# A median over all pairs: 60 points are 1,770 of them.
MOST_POINTS = 60
DAY_S = 86_400

Point = tuple[datetime, float]


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes a day over `over` of history. `days_to_double` is None where it doesn't grow."""

    per_day: float
    days_to_double: float | None
    over: timedelta
    points: int


def growth(points: Sequence[Point]) -> Growth | None:
    """Of ascending points; None where there are too few of them, or of too short a time."""
    if len(points) < FEWEST or points[-1][0] - points[0][0] < SHORTEST:
        return None
    per_day = slope(points) * DAY_S
    now = points[-1][1]
    doubles = now / per_day if per_day > 0 and now > 0 else None
    return Growth(per_day, doubles, points[-1][0] - points[0][0], len(points))


def slope(points: Sequence[Point]) -> float:
    """Units a second: the median of the slopes of all pairs (Theil 1950, Sen 1968), of MOST_POINTS at most."""
    thinned = _thinned(points)
    origin = thinned[0][0]
    flat = [((at - origin).total_seconds(), value) for at, value in thinned]
    slopes = [
        (later - earlier) / (end - begin)
        for i, (begin, earlier) in enumerate(flat)
        for end, later in flat[i + 1 :]
        if end > begin
    ]
    return median(slopes) if slopes else 0.0


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    """Evenly, with the first and the last."""
    if len(points) <= MOST_POINTS:
        return points
    step = (len(points) - 1) / (MOST_POINTS - 1)
    return [points[round(i * step)] for i in range(MOST_POINTS)]

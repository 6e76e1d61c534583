"""What of a time of day is usual: a load that comes every morning is no regression. Pure."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from statistics import median

# Of fewer days nobody can say what is usual.
LEAST_DAYS = 4

Profile = Mapping[int, float]


def profile(points: Sequence[tuple[datetime, float]]) -> Profile:
    """By hour (UTC), how far the logarithm of its values usually lies from its day's median; 0 where too few days have
    that hour. A step that stays moves whole days, and so isn't in it.
    """
    days: defaultdict[date, list[tuple[int, float]]] = defaultdict(list)
    for at, value in points:
        moment = at.astimezone(UTC)
        days[moment.date()].append((moment.hour, math.log(value)))
    apart: defaultdict[int, list[float]] = defaultdict(list)
    for values in days.values():
        middle = median(value for _, value in values)
        for hour, value in values:
            apart[hour].append(value - middle)
    return {hour: median(found) if len(found) >= LEAST_DAYS else 0.0 for hour, found in apart.items()}


def adjusted(points: Sequence[tuple[datetime, float]], usual: Profile) -> list[float]:
    """The values as they would be at a usual time of day."""
    return [value / math.exp(usual.get(at.astimezone(UTC).hour, 0.0)) for at, value in points]

"""How well an area does, from its signals against their thresholds. Pure.

A signal has used up a part of the room between where it is best and its warning threshold:

    excellent   up to half of it          poor       beyond the warning threshold
    good        up to 80 %                critical   beyond the critical threshold
    fair        all but beyond it         unknown    not measured

An area is as well as the worst of its signals that are known.
"""

from performance.alerts.states import Policy
from performance.console.shapes import Level, Severity

EXCELLENT_UP_TO, GOOD_UP_TO = 0.5, 0.8


def level_of(value: float | None, *, policy: Policy, best: float) -> Level:
    """`best` is the value that could not be better: 0 of what should be low, 1 of a hit rate."""
    if value is None:
        return Level.UNKNOWN
    severity = policy.severity(value)
    if severity is not None:
        return Level.CRITICAL if severity is Severity.CRITICAL else Level.POOR
    part = used(value, policy=policy, best=best)
    if part <= EXCELLENT_UP_TO:
        return Level.EXCELLENT
    return Level.GOOD if part <= GOOD_UP_TO else Level.FAIR


def used(value: float, *, policy: Policy, best: float) -> float:
    """The part of the room up to the (first) threshold that is used up; 0 where there is no room and none is used."""
    limit = policy.critical if policy.warning is None else policy.warning
    if limit is None or limit == best:
        return 0.0
    return max(0.0, (value - best) / (limit - best))

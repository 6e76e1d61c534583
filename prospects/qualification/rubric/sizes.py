"""Do employees or revenue lie in the wanted range? Both are ranges, and either end may be open. Pure.

A company's range that lies inside is met, one that lies outside is unmet. One that straddles a bound is met when at
least half of it lies inside, measured on a logarithmic scale (companies' sizes are roughly log-normal, so 50-100 and
100-200 are equally wide), unmet when less than a tenth does ("11-50" for "50 or more"), and unknown in between.
A miss by less than a tenth of the bound is a less sure refusal.
"""

from math import log

from prospects.icp.amounts import describe_range
from prospects.icp.criteria import Criterion, Kind
from prospects.qualification.rubric.finding import Finding, met, unknown, unmet
from prospects.qualification.rubric.reading import Reading

# "10,001+" is read as up to ten times that, "fewer than 50" as from one.
_OPEN_END_FACTOR = 10
_HALF = 0.5
_TOUCH = 0.1
_NEAR = 0.1


def judge_size(criterion: Criterion, reading: Reading) -> Finding:
    """For the kinds employees and revenue."""
    facts = reading.facts
    if criterion.kind is Kind.EMPLOYEES:
        stated, name, unit = (facts.employees_min, facts.employees_max), "employees", ""
    else:
        stated, name, unit = (facts.revenue_min, facts.revenue_max), "revenue", "$"
    if stated == (None, None):
        return unknown(f"The file doesn't give {name}.")
    finding = compare(stated, (criterion.min, criterion.max), name=name, unit=unit)
    return reading.on_fact(finding, name)


def compare(
    stated: tuple[int | None, int | None], wanted: tuple[int | None, int | None], *, name: str, unit: str = ""
) -> Finding:
    """What a stated range says about a wanted one; both with inclusive bounds, None = open."""
    low, high = _closed(*stated)
    least, most = wanted[0] or 0, wanted[1] if wanted[1] is not None else float("inf")
    said, asked = describe_range(*stated, unit=unit), describe_range(*wanted, unit=unit)
    if least <= low and high <= most:
        return met(0.98 if low == high else 0.95, f"{said} {name} is within {asked}.")
    if high < least or low > most:
        miss = (least - high) / least if high < least else (low - most) / max(most, 1)
        return unmet(0.7 if miss < _NEAR else 0.95, f"{said} {name} is outside {asked}.")
    share = _share_inside(low, high, least=least, most=most)
    if share >= _HALF:
        return met(round(0.45 + share / 2, 2), f"{said} {name} lies mostly within {asked}.")
    if share < _TOUCH:
        return unmet(0.7, f"{said} {name} barely touches {asked}.")
    return unknown(f"{said} {name} only partly overlaps with {asked}.")


def _closed(low: int | None, high: int | None) -> tuple[int, int]:
    if low is None:
        low = min(1, high or 0)
    return low, high if high is not None else max(low, 1) * _OPEN_END_FACTOR


def _share_inside(low: int, high: int, *, least: float, most: float) -> float:
    """The part of low-high inside least-most, on a logarithmic scale; whole numbers are one wide."""
    inside = log(min(high, most) + 1) - log(max(low, least, 1))
    return inside / (log(high + 1) - log(max(low, 1)))

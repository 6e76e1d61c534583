"""A measured figure and its target. Pure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`target` reads "≤ 1.25"; `passed` is None where there is none. `beside` is what else was seen in the same run."""

    name: str
    value: float
    unit: str = ""
    target: str = ""
    passed: bool | None = None
    beside: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "target": self.target or None,
            "passed": self.passed,
            "beside": self.beside or None,
        }


def printed(name: str, value: float, unit: str = "", *, beside: str = "") -> Figure:
    """A figure without a target."""
    return Figure(name=name, value=value, unit=unit, beside=beside)


def at_most(limit: float, name: str, value: float, unit: str = "", *, beside: str = "") -> Figure:
    return Figure(
        name=name, value=value, unit=unit, target=f"≤ {limit:g}", passed=round(value, 4) <= limit, beside=beside
    )


def below(limit: float, name: str, value: float, unit: str = "", *, beside: str = "") -> Figure:
    return Figure(name=name, value=value, unit=unit, target=f"< {limit:g}", passed=value < limit, beside=beside)


def at_least(limit: float, name: str, value: float, unit: str = "", *, beside: str = "") -> Figure:
    return Figure(
        name=name, value=value, unit=unit, target=f"≥ {limit:g}", passed=round(value, 4) >= limit, beside=beside
    )


def above(limit: float, name: str, value: float, unit: str = "", *, beside: str = "") -> Figure:
    return Figure(name=name, value=value, unit=unit, target=f"> {limit:g}", passed=value > limit, beside=beside)


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile; 0.95 of twenty values is the nineteenth."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]

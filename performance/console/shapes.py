"""What the nouns tell the console: a level, a tile of figures, a finding with what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How well an area does. `UNKNOWN` is not measured (yet), never "well"."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    CRITICAL = "critical"
    UNKNOWN = "unknown"

    @property
    def badness(self) -> int:
        """0 for excellent up to 4 for critical; unknown is -1, so that it hides nothing that is known."""
        return -1 if self is Level.UNKNOWN else _ORDER.index(self)


# As the API's schema names them.
LEVELS = [each.value for each in Level]
_ORDER = [Level.EXCELLENT, Level.GOOD, Level.FAIR, Level.POOR, Level.CRITICAL]


def worst(levels: Sequence[Level]) -> Level:
    """The worst that is known; unknown of nothing known."""
    return max(levels, key=lambda each: each.badness, default=Level.UNKNOWN)


class Severity(StrEnum):
    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class TileFigures:
    """What one tile of the dashboard says: one figure, a sentence, and how it went lately (oldest first)."""

    level: Level
    value: str
    unit: str = ""
    says: str = ""
    spark: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to do. `says` is what was seen, with figures; `action` names the setting, the query or the page.

    `impact` in `unit` is what it costs now, such as 1,200 "ms an hour" or 3 "requests an hour"; 0 where nobody can
    tell. `key` is the same for the same finding tomorrow.
    """

    area: str
    key: str
    severity: Severity
    title: str
    says: str
    action: str
    impact: float = 0.0
    unit: str = "ms an hour"
    url: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """Its fields by name: they are plain values, which `asdict` would copy one by one."""
        return {name: getattr(self, name) for name in self.__slots__}

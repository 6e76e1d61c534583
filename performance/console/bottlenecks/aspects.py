"""One figure of a resource against its limits. Pure but for reading."""

from collections.abc import Callable
from dataclasses import dataclass

from performance.alerts.windows import Measurements, Read, Window
from performance.console.shapes import Level

# Of the limit at which it becomes poor; below the first it is excellent.
_STEPS = ((0.5, Level.EXCELLENT), (0.8, Level.GOOD), (1.0, Level.FAIR))


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """`title` says what is read, in `unit` ("share" is 0 to 1); poor from `poor` on, critical from `critical` on."""

    title: str
    unit: str
    read: Read
    poor: float
    critical: float

    def level(self, value: float | None) -> Level:
        if value is None:
            return Level.UNKNOWN
        if value >= self.critical and value > 0:
            return Level.CRITICAL
        if value >= self.poor and value > 0:
            return Level.POOR
        return next(level for part, level in _STEPS if self.poor == 0 or value < part * self.poor)

    def value(self, found: Measurements, window: Window) -> float | None:
        """The worst of all labels; None where nothing was measured."""
        return max((each.value for each in self.read(found, window)), default=None)


Impact = Callable[[Measurements, Window], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What can be used up. An aspect that nobody can measure is None. `impact` is per hour, in `impact_unit`.

    `action` names the setting, or the page that names the query. `noun` is whose findings it has besides.
    """

    name: str
    title: str
    action: str
    url_name: str
    impact: Impact
    impact_unit: str
    utilisation: Aspect | None = None
    saturation: Aspect | None = None
    errors: Aspect | None = None

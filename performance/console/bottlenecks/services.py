"""Which resource holds the installation up, the worst first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from performance.alerts.windows import Measurements, Window
from performance.console.bottlenecks.aspects import Aspect, Resource
from performance.console.bottlenecks.resources import RESOURCES
from performance.console.shapes import Level, worst

# What is near now; and of thousands of statements no more than is read at once.
OVER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An aspect as it was; `kind` is utilisation, saturation or errors."""

    kind: str
    aspect: Aspect
    value: float | None
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """A resource and how it was lately (OVER). `impact` is None where nobody can tell."""

    resource: Resource
    level: Level
    seen: tuple[Seen, ...]
    impact: float | None


def bottlenecks(*, at: datetime) -> list[Bottleneck]:
    """Every resource, the worst first; among equals what costs most."""
    found = Measurements(at=at)
    seen = [_bottleneck(each, found) for each in RESOURCES]
    return sorted(seen, key=lambda each: (-each.level.badness, -(each.impact or 0.0), each.resource.name))


def _bottleneck(resource: Resource, found: Measurements) -> Bottleneck:
    window = Window(over=OVER)
    seen = tuple(_seen(resource, found, window))
    return Bottleneck(
        resource=resource,
        level=worst([each.level for each in seen]),
        seen=seen,
        impact=resource.impact(found, window),
    )


def _seen(resource: Resource, found: Measurements, window: Window) -> Iterator[Seen]:
    for kind in ("utilisation", "saturation", "errors"):
        aspect: Aspect | None = getattr(resource, kind)
        if aspect is not None:
            value = aspect.value(found, window)
            yield Seen(kind=kind, aspect=aspect, value=value, level=aspect.level(value))

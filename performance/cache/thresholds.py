"""What of the cache's figures is worth a look: registered for whoever shows and watches them. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Measured(Protocol):
    """The figures that thresholds are about; a share is None where nothing was counted."""

    @property
    def hit_rate(self) -> float | None: ...
    @property
    def shared_p95_ms(self) -> float | None: ...
    @property
    def unreadable_share(self) -> float | None: ...
    @property
    def eviction_share(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Threshold:
    """Beyond `warning`, or `critical`: below where `is_floor`, else above. `advice` says what to do then.

    `title` says what the value is, which it has a place for: "{:.0%} of reads".
    """

    name: str
    title: str
    of: Callable[[Measured], float | None]
    warning: float
    critical: float
    is_floor: bool
    advice: str

    def level(self, figures: Measured) -> str:
        """ "good", "warning", "critical", or "unknown" where there is no figure."""
        value = self.of(figures)
        if value is None:
            return "unknown"
        for name, limit in (("critical", self.critical), ("warning", self.warning)):
            if (value < limit) if self.is_floor else (value > limit):
                return name
        return "good"


_registered: dict[str, Threshold] = {}


def register(threshold: Threshold) -> None:
    _registered[threshold.name] = threshold


def registered() -> list[Threshold]:
    return list(_registered.values())


register(
    Threshold(
        "cache.hit_rate",
        "The cache answers {:.0%} of reads",
        lambda figures: figures.hit_rate,
        0.8,
        0.5,
        True,
        "Look at the patterns that miss most: a tag too coarse, a TTL too short, a key with too much in it.",
    )
)
register(
    Threshold(
        "cache.shared_p95_ms",
        "Valkey takes {:.1f} ms (P95)",
        lambda figures: figures.shared_p95_ms,
        2.0,
        20.0,
        False,
        "Valkey is slow or far: look at its CPU, its memory and the network.",
    )
)
register(
    Threshold(
        "cache.unreadable_share",
        "{:.2%} of cached values can't be read",
        lambda figures: figures.unreadable_share,
        0.0,
        0.01,
        False,
        "Somebody else writes under our keys, or processes have different SECRET_KEYs.",
    )
)
register(
    Threshold(
        "cache.eviction_share",
        "Processes drop {:.0%} of what they take in",
        lambda figures: figures.eviction_share,
        0.2,
        0.5,
        False,
        "Processes drop values before they are used again: raise CACHE_LOCAL_MB or CACHE_LOCAL_ENTRIES.",
    )
)

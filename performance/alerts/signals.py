"""What can be alerted on. Other nouns and apps register theirs in AppConfig.ready.

A signal whose metric nobody measures has no readings: it is unknown, and never an alert.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from performance.alerts.windows import Measurements, Read, Reading, Window

logger = logging.getLogger(__name__)
AREAS = ("web", "database", "cache", "queues", "system", "llm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """`unit` is ms, share (0 to 1), or what is counted. `best` could not be better.

    `labels` are the names by which a rule may narrow it down or take it apart. A standing one is read as it is now,
    whatever moment is asked about.
    """

    name: str
    title: str
    unit: str
    area: str
    read: Read
    best: float = 0.0
    labels: Sequence[str] = ()
    is_standing: bool = False

    @property
    def is_bad_share(self) -> bool:
        """A share that an error budget can be made of."""
        return self.unit == "share" and self.best == 0.0


_signals: dict[str, Signal] = {}


def register(*signals: Signal) -> None:
    """Make signals known. A second one of the same name is a mistake."""
    for each in signals:
        if each.area not in AREAS:
            raise ImproperlyConfigured(f"the signal {each.name!r} is of no known area: {each.area!r}")
        if _signals.setdefault(each.name, each) != each:
            raise ImproperlyConfigured(f"two signals are called {each.name!r}")


def registered() -> Sequence[Signal]:
    """All of them, by area and name."""
    return sorted(_signals.values(), key=lambda each: (AREAS.index(each.area), each.name))


def signal_named(name: str) -> Signal | None:
    """None of one that another release knew."""
    return _signals.get(name)


def readings(signal: Signal, window: Window, *, found: Measurements) -> Sequence[Reading]:
    """What it reads now; nothing where that is unknown, or where reading it fails."""
    try:
        return signal.read(found, window)
    except Exception:
        # The guard per signal: what is wrong with one must not end the others. An outage is everybody's.
        if not connection.is_usable():
            raise
        logger.exception("the signal %s could not be read", signal.name)
        return []


def value(name: str, *, at: datetime, over: timedelta) -> float | None:
    """A signal over all its labels; None where it is unknown. Raises KeyError."""
    found = readings(_signals[name], Window(over=over), found=Measurements(at=at))
    return found[0].value if found else None

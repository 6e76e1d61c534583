"""How many days are left until the disk is full, and how many more archival buys. Pure."""

from dataclasses import dataclass
from enum import StrEnum

INSUFFICIENT = "insufficient history"


class Basis(StrEnum):
    """What the growth is told from: sizes of the database over time, the ages of the table's own rows, or nothing."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Pace:
    """Bytes a day; `basis` says how that is known. Not above zero: it doesn't grow."""

    per_day: float
    basis: Basis


NO_PACE = Pace(0.0, Basis.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Runway:
    """Days; None with `says` why."""

    days: float | None
    says: str


def runway(size_bytes: float | None, pace: Pace) -> Runway:
    """For how long so many bytes last."""
    if size_bytes is None:
        return Runway(None, "free space unknown: the database is on another machine")
    if pace.basis is Basis.UNKNOWN:
        return Runway(None, INSUFFICIENT)
    if pace.per_day <= 0:
        idle = "the database doesn't grow" if pace.basis is Basis.MEASURED else "nothing came in within the month"
        return Runway(None, idle)
    if pace.basis is Basis.MEASURED:
        return Runway(size_bytes / pace.per_day, "at the database's growth, as measured")
    return Runway(size_bytes / pace.per_day, "an estimate: at what this table takes in a day, by the ages of its rows")

"""What became of a recommendation's statements after it was applied. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Fewer calls than this say nothing.
ENOUGH_CALLS = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A statement's mean before, and of the `calls` since; None where nobody asked it, or it isn't counted any more."""

    id: int
    before_ms: float | None
    after_ms: float | None
    calls: int


@dataclass(frozen=True, slots=True)
class Measured:
    """All of its statements together: their time since, and what that many calls took before; `share` is what was
    saved of it (below 0: it became worse), None until there are calls enough.
    """

    changes: Sequence[Change]
    calls: int
    before_ms: float
    after_ms: float

    @property
    def share(self) -> float | None:
        if self.calls < ENOUGH_CALLS or not self.before_ms:
            return None
        return 1 - self.after_ms / self.before_ms


def measured(before: Sequence[Mapping[str, Any]], now: Mapping[int, tuple[int, float]]) -> Measured:
    """`before` as stored with the recommendation: id, calls and total_ms of each; `now` calls and ms by id."""
    changes = [_change(each, now.get(int(each["id"]))) for each in before]
    known = [each for each in changes if each.before_ms is not None and each.after_ms is not None]
    return Measured(
        changes=changes,
        calls=sum(each.calls for each in known),
        before_ms=sum(each.calls * (each.before_ms or 0.0) for each in known),
        after_ms=sum(each.calls * (each.after_ms or 0.0) for each in known),
    )


def _change(before: Mapping[str, Any], now: tuple[int, float] | None) -> Change:
    calls, total_ms = int(before["calls"]), float(before["total_ms"])
    mean = total_ms / calls if calls else None
    if now is None:
        return Change(int(before["id"]), mean, None, 0)
    since, spent_ms = now[0] - calls, now[1] - total_ms
    # Fewer than before: it was evicted or reset, and is counted anew.
    if since < 0:
        since, spent_ms = now
    return Change(int(before["id"]), mean, spent_ms / since if since else None, since)

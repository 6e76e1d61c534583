"""How a rule's alert comes, stays and goes: a pure state machine, a step for each look at the signal.

    (nothing) ─ bad ─► pending ─ bad for `for_s` ─► firing ─ clear for `clear_s` ─► resolved
                          └── not bad: as if nothing had been

How long something has lasted is added up from step to step, and a step counts LONGEST_STEP_S at most: a clock that is
set back or forward, or a process that was away, neither fires an alert nor forgets one.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from performance.console.shapes import Severity

# Looks come every 15 s. A pump that restarts within this time misses nothing of what is pending.
LONGEST_STEP_S = 120.0
# Nothing known: for so long what is pending waits, and what fires is taken to be as it was.
PENDING_PATIENCE_S = 120.0
FIRING_PATIENCE_S = 3600.0
# An alert that fires so often within FLAPPING_WITHIN_S flaps: then it ends only when all has been well for this long.
FLAPS, FLAPPING_WITHIN_S = 3, 3600.0
FLAPPING_CLEAR_S = 900.0


class Phase(StrEnum):
    PENDING = "pending"
    FIRING = "firing"


class Change(StrEnum):
    """What a step did, where it is more than going on. What was only pending leaves no trace when it is over."""

    BEGUN = "begun"
    DROPPED = "dropped"
    FIRED = "fired"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Bad is beyond `warning`, or beyond `critical` where that is all there is: above, or below if not `is_above`.

    `clear` is what it must come back to (hysteresis); none: to where it isn't bad.
    """

    is_above: bool = True
    warning: float | None = None
    critical: float | None = None
    clear: float | None = None
    for_s: float = 0.0
    clear_s: float = 60.0

    def severity(self, value: float) -> Severity | None:
        """None of what isn't bad."""
        if self.critical is not None and self._is_beyond(value, self.critical):
            return Severity.CRITICAL
        return Severity.WARNING if self.warning is not None and self._is_beyond(value, self.warning) else None

    def is_clear(self, value: float) -> bool:
        if self.clear is None:
            return self.severity(value) is None
        return not self._is_beyond(value, self.clear)

    def worse(self, one: float, other: float) -> float:
        return max(one, other) if self.is_above else min(one, other)

    def _is_beyond(self, value: float, limit: float) -> bool:
        return value > limit if self.is_above else value < limit


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """An open alert. The seconds say how long it has been so without a break; None where it isn't so now.

    `severity` is the worst that it has been for long enough: it never falls while the alert is open.
    """

    phase: Phase
    severity: Severity
    worst: float
    bad_s: float | None = 0.0
    critical_s: float | None = None
    clear_s: float | None = None
    unknown_s: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Where it stands now, None where no alert is open; and what changed, if something did."""

    state: State | None
    change: Change | None = None


def step(state: State | None, value: float | None, *, policy: Policy, elapsed_s: float, is_flapping: bool) -> Step:
    """`value` None, or no number, is unknown: nobody could say how it is. `elapsed_s` is since the last step."""
    if value is None or not math.isfinite(value):
        return _unknown(state, elapsed_s)
    if state is None:
        return _first(value, policy)
    told = _counted(state, value, policy=policy, elapsed_s=elapsed_s)
    if told.phase is Phase.PENDING:
        return Step(None, Change.DROPPED) if told.bad_s is None else _ripe(told, policy, otherwise=None)
    if told.clear_s is not None and told.clear_s >= (
        max(policy.clear_s, FLAPPING_CLEAR_S) if is_flapping else policy.clear_s
    ):
        return Step(None, Change.RESOLVED)
    is_graver = told.severity is Severity.WARNING and _is_long(told.critical_s, policy.for_s)
    return Step(replace(told, severity=Severity.CRITICAL), Change.ESCALATED) if is_graver else Step(told)


def elapsed_s(*, since: datetime, at: datetime) -> float:
    """What a step counts for: nothing where the clock was set back, LONGEST_STEP_S at most."""
    return min(max(0.0, (at - since).total_seconds()), LONGEST_STEP_S)


def _first(value: float, policy: Policy) -> Step:
    severity = policy.severity(value)
    if severity is None:
        return Step(None)
    critical_s = 0.0 if severity is Severity.CRITICAL else None
    begun = State(phase=Phase.PENDING, severity=severity, worst=value, critical_s=critical_s)
    return _ripe(begun, policy, otherwise=Change.BEGUN)


def _ripe(state: State, policy: Policy, *, otherwise: Change | None) -> Step:
    """Fired if it has been bad for long enough. Pending ones are as grave as they are now."""
    if not _is_long(state.bad_s, policy.for_s):
        grave = Severity.WARNING if state.critical_s is None else Severity.CRITICAL
        return Step(replace(state, severity=grave), otherwise)
    is_critical = policy.warning is None or _is_long(state.critical_s, policy.for_s)
    severity = Severity.CRITICAL if is_critical else Severity.WARNING
    return Step(replace(state, phase=Phase.FIRING, severity=severity), Change.FIRED)


def _counted(state: State, value: float, *, policy: Policy, elapsed_s: float) -> State:
    severity = policy.severity(value)
    return replace(
        state,
        worst=policy.worse(state.worst, value),
        bad_s=_longer(state.bad_s, elapsed_s, still=severity is not None),
        critical_s=_longer(state.critical_s, elapsed_s, still=severity is Severity.CRITICAL),
        clear_s=_longer(state.clear_s, elapsed_s, still=policy.is_clear(value)),
        unknown_s=None,
    )


def _unknown(state: State | None, elapsed_s: float) -> Step:
    """What was bad is taken to be as it was, but gets no worse for it; after a while there is nothing to know."""
    if state is None:
        return Step(None)
    waited_s = (state.unknown_s or 0.0) + elapsed_s if state.unknown_s is not None else 0.0
    told = replace(state, unknown_s=waited_s, clear_s=None)
    if state.phase is Phase.PENDING:
        return Step(None, Change.DROPPED) if waited_s >= PENDING_PATIENCE_S else Step(told)
    return Step(None, Change.VANISHED) if waited_s >= FIRING_PATIENCE_S else Step(told)


def _longer(so_far_s: float | None, elapsed_s: float, *, still: bool) -> float | None:
    if not still:
        return None
    return 0.0 if so_far_s is None else so_far_s + elapsed_s


def _is_long(lasted_s: float | None, wanted_s: float) -> bool:
    return lasted_s is not None and lasted_s >= wanted_s

"""The generic cell rate algorithm (ITU-T I.371, annex A): a token bucket whose whole state is one moment.

That moment is the theoretical arrival time, `tat`: when the bucket will be full again. A token taken moves it on by
the interval in which one token arrives; it may lie at most `burst` intervals ahead. `performance.limits.shared` says
the same in Lua, with Valkey's clock; this is what counts while Valkey is gone.
"""

from dataclasses import dataclass

from performance.limits.policies import Policy

# What floating point may lose of a token.
_ROUNDING = 1e-6
# A process gets at most this part of what is left, so that near the end others aren't starved by its lease.
SHARE_LEFT = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bucket says: `granted` tokens (0: refused), what is left in it, and how long until there is more."""

    granted: int
    remaining: int
    next_s: float
    retry_s: float


def ask(tat: float, *, policy: Policy, cost: int, now: float) -> tuple[float, Answer]:
    """Take `cost` tokens, and some in advance where there are plenty. Returns the bucket's new state and its answer.

    A cost above the burst is that of a full bucket, or it could never be paid.
    """
    interval = policy.interval_s
    tat = min(max(tat, now), now + policy.burst * interval)
    level = policy.burst - (tat - now) / interval
    available, cost = int(level + _ROUNDING), min(cost, policy.burst)
    if available < cost:
        return tat, Answer(0, available, _until_next(level, interval), (cost - level) * interval)
    granted = max(cost, min(policy.lease, available // SHARE_LEFT))
    return tat + granted * interval, Answer(granted, available - granted, _until_next(level, interval), 0.0)


def _until_next(level: float, interval: float) -> float:
    return (1 - (level + _ROUNDING) % 1) * interval

"""How much each kind of request is worth: what RATE_LIMITS says."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.conf import settings

from performance.limits.errors import UnknownPolicy

# Of a bucket, a process holds at most this much at once, so that a client's requests to other processes find the rest.
MOST_LEASED, SHARE_LEASED = 10, 10
DEFAULT = "api"


@dataclass(frozen=True)
class Policy:
    """A token bucket: `burst` tokens when full, refilled with `tokens` in each `period_s`."""

    name: str
    tokens: int
    period_s: int
    burst: int

    @cached_property
    def interval_s(self) -> float:
        """Seconds until one more token is there."""
        return self.period_s / self.tokens

    @cached_property
    def lease(self) -> int:
        """Tokens that a process takes at once. Small buckets are counted one by one."""
        return max(1, min(MOST_LEASED, self.burst // SHARE_LEASED))


def policy_named(name: str) -> Policy:
    """The policy as the settings have it. Raises UnknownPolicy."""
    try:
        tokens, period_s = settings.RATE_LIMITS[name]
    except KeyError:
        known = ", ".join(sorted(settings.RATE_LIMITS))
        raise UnknownPolicy(f"There is no limit {name!r}; RATE_LIMITS has {known}.") from None
    return _policy(name, tokens, period_s)


@lru_cache(maxsize=100)
def _policy(name: str, tokens: int, period_s: int) -> Policy:
    return Policy(name, tokens, period_s, tokens)

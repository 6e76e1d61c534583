"""What one process may give one client without asking Valkey: tokens taken in advance, or a refusal that still holds.

A lease ends after LEASE_S, and what is left of it goes back with the next question. So in no span of time is more
allowed than the bucket would have, begun LEASE_S sooner: `burst + rate * (span + LEASE_S)`, over all processes.
"""

from base64 import b64encode
from hashlib import sha256
from math import ceil

from performance.limits import gcra
from performance.limits.decisions import Decision
from performance.limits.gcra import Answer
from performance.limits.policies import Policy

LEASE_S = 1.0
_NEVER = float("-inf")


class Lease:
    """One policy and identity. Its callers hold a lock; times are of the process's monotonic clock."""

    __slots__ = (
        "_is_shared",
        "_known_at",
        "_left",
        "_more_at",
        "_partition",
        "_quota",
        "_refused_cost",
        "_refused_until",
        "_remaining",
        "_retry_at",
        "_tat",
        "_unsent",
        "_until",
        "policy",
    )

    def __init__(self, policy: Policy, identity: str) -> None:
        self._partition = partition(identity)
        self._adopt(policy)
        self._left, self._remaining, self._until = 0, policy.burst, _NEVER
        self._refused_cost, self._refused_until, self._retry_at = 0, _NEVER, _NEVER
        self._known_at, self._more_at, self._unsent = _NEVER, _NEVER, 0
        # The bucket's state while Valkey is gone, and whether the tokens at hand are Valkey's.
        self._tat, self._is_shared = _NEVER, True

    def take(self, cost: int, now: float) -> Decision | None:
        """The answer that is known here, or None: then the bucket must be asked."""
        if self._left >= cost and now < self._until:
            self._left -= cost
            return self._allowed(now)
        if now < self._refused_until and cost >= self._refused_cost:
            self._unsent += 1
            return self._refused(now)
        return None

    def surrender(self, policy: Policy, now: float) -> tuple[int, int]:
        """What the bucket is told: tokens not spent, refusals not counted. Both are the bucket's from then on.

        The next lease begins here, before the bucket is asked, however long its answer takes.
        """
        self._until = now + LEASE_S
        # A token of another policy is worth another time.
        unspent = self._left if policy == self.policy else 0
        refused, self._unsent, self._left = self._unsent, 0, 0
        self._remaining = min(self._remaining + unspent, policy.burst)
        if policy != self.policy:
            self._adopt(policy)
        if self._is_shared:
            return unspent, refused
        self._tat -= unspent * policy.interval_s
        return 0, refused

    def keep_uncounted(self, refused: int) -> None:
        """Refusals that Valkey couldn't be told; it will be with the next question."""
        self._unsent += refused

    def take_here(self, cost: int, now: float) -> Decision:
        """Of this process's own bucket, which begins with what was left in the shared one."""
        if self._is_shared:
            self._tat = self._known_at + (self.policy.burst - self._remaining) * self.policy.interval_s
        self._tat, answer = gcra.ask(self._tat, policy=self.policy, cost=cost, now=now)
        self._unsent += 0 if answer.granted else 1
        return self.settle(answer, cost=cost, now=now, is_shared=False)

    def settle(self, answer: Answer, *, cost: int, now: float, is_shared: bool) -> Decision:
        """Take the bucket's answer over, and spend `cost` of what it granted."""
        self._is_shared, self._remaining, self._known_at = is_shared, answer.remaining, now
        self._more_at = now + answer.next_s
        if not answer.granted:
            self._refused_cost, self._retry_at = cost, now + answer.retry_s
            self._refused_until = min(self._retry_at, self._until)
            return self._refused(now)
        self._left += max(answer.granted - cost, 0)
        self._refused_until = _NEVER
        return self._allowed(now)

    def _adopt(self, policy: Policy) -> None:
        self.policy, self._quota = policy, quota(policy, self._partition)

    def _allowed(self, now: float) -> Decision:
        policy = self.policy
        # Every request comes here: the interval is looked at only where it is longer than the least that can be said.
        reset_s = 1 if policy.tokens >= policy.period_s else self._reset_s(now)
        left = self._remaining + self._left
        return Decision(
            True, policy.tokens, left, reset_s, 0, policy.name, policy.period_s, self._quota, self._partition
        )

    def _refused(self, now: float) -> Decision:
        policy, left = self.policy, self._remaining + self._left
        # Never sooner than `reset_s`: the draft asks that Retry-After isn't earlier than the reset.
        retry_s = max(1, ceil(self._retry_at - now))
        reset_s = min(self._reset_s(now), retry_s)
        return Decision(
            False, policy.tokens, left, reset_s, retry_s, policy.name, policy.period_s, self._quota, self._partition
        )

    def _reset_s(self, now: float) -> int:
        return max(1, ceil((self._more_at - now) % self.policy.interval_s))


def quota(policy: Policy, partition: str) -> str:
    """The policy as an item of RateLimit-Policy."""
    return f'"{policy.name}";q={policy.tokens};w={policy.period_s};pk={partition}'


def partition(identity: str) -> str:
    """Whose bucket it is, for the header: a digest, so that an answer doesn't tell addresses and numbers of users."""
    return f":{b64encode(sha256(identity.encode()).digest()[:8]).decode()}:"

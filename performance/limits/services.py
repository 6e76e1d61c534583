"""Taking tokens: what views, pages and cached reads call."""

import os
import threading
from functools import cache
from time import monotonic

from django.conf import settings

from performance import metrics
from performance.cache.connection import CacheGone
from performance.limits import shared
from performance.limits.allowances import policy_of
from performance.limits.decisions import NOT_LIMITED, Decision
from performance.limits.leases import Lease
from performance.limits.policies import Policy
from performance.limits.recent import Recent

# Clients that a process knows by name: beyond, those who haven't asked for longest are forgotten, and what they had
# leased is lost to them. About 12 MB when full.
MOST_KNOWN = 20_000

_leases: Recent[tuple[str, str], Lease] = Recent(MOST_KNOWN)
_lock = threading.Lock()


def take(policy: str, identity: str, *, cost: int = 1) -> Decision:
    """Whether `identity` may spend `cost` tokens of the policy of that name now; if so, they are spent.

    Most answers come out of a lease, without any I/O; else Valkey is asked, in one round trip. While it is gone each
    process counts for itself. Raises UnknownPolicy.
    """
    if not settings.RATE_LIMIT_ENABLED:
        return NOT_LIMITED
    with _lock:
        lease = _leases.get((policy, identity))
        decision = lease.take(cost, monotonic()) if lease is not None else None
    if decision is None:
        decision = _ask(policy, identity, cost)
    _tally(policy)[decision.is_allowed].count()
    return decision


def take_here(policy: Policy, identity: str) -> Decision:
    """As `take`, counted in this process alone; for what counts elsewhere and can't just now."""
    with _lock:
        lease = _leases.get(("", identity)) or _leases.put(("", identity), Lease(policy, identity))
        lease.surrender(policy, now := monotonic())
        return lease.take_here(1, now)


def forget() -> None:
    """Drop what this process has leased, as after a fork: what was taken in advance isn't the child's as well."""
    global _leases, _lock
    _leases, _lock = Recent(MOST_KNOWN), threading.Lock()


def known_clients() -> int:
    """How many leases this process holds."""
    return len(_leases)


def _ask(name: str, identity: str, cost: int) -> Decision:
    policy = policy_of(name, identity)
    with _lock:
        lease = _leases.get((name, identity))
        if lease is None:
            lease = _leases.put((name, identity), Lease(policy, identity))
        unspent, refused = lease.surrender(policy, monotonic())
    try:
        answer = shared.ask(identity, policy=policy, cost=cost, unspent=unspent, refused=refused)
    except CacheGone:
        metrics.count("limit.decided_alone", {"policy": name})
        with _lock:
            lease.keep_uncounted(refused)
            return lease.take_here(cost, monotonic())
    with _lock:
        return lease.settle(answer, cost=cost, now=monotonic(), is_shared=True)


@cache
def _tally(policy: str) -> tuple[metrics.Series, metrics.Series]:
    """Where refusals and what was allowed are counted."""
    refused, allowed = ({"policy": policy, "outcome": outcome} for outcome in ("refused", "allowed"))
    return metrics.series("limit.decisions", refused), metrics.series("limit.decisions", allowed)


os.register_at_fork(after_in_child=forget)

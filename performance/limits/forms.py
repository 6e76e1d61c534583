"""The limits on forms and on signing in, by django-ratelimit's fixed windows.

While Valkey is gone each process counts for itself, as the API's limits do: guessing passwords isn't free because the
counter is away.
"""

from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from performance.cache.connection import CacheGone, pinned
from performance.limits.leases import partition
from performance.limits.policies import Policy
from performance.limits.services import take_here


def wait_s(request: HttpRequest, group: str, *, value: str, policy: Policy) -> int:
    """Whole seconds until `value` may do what `group` names again; 0 when it may now, which is counted."""
    if not settings.RATE_LIMIT_ENABLED:
        return 0
    usage = _usage(request, group, value=value, policy=policy)
    if usage is None:
        # A digest, as django-ratelimit keeps: what somebody types as a user name may be long.
        return take_here(policy, f"{group}:{partition(value)}").retry_after_s
    return max(1, ceil(usage["time_left"])) if usage["should_limit"] else 0


def _usage(request: HttpRequest, group: str, *, value: str, policy: Policy) -> dict[str, Any] | None:
    """None where Valkey can't count; which is known at once, as django-ratelimit itself would try each time anew."""
    try:
        pinned().call("PING")
    except CacheGone:
        return None
    rate = (policy.tokens, policy.period_s)
    usage: dict[str, Any] | None = get_usage(request, group=group, key=lambda *_: value, rate=rate, increment=True)
    return usage

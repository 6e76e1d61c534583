"""The limits on forms and on signing in, by django-ratelimit's fixed windows.

While Valkey is gone each process counts for itself, as the API's limits do: guessing passwords isn't free because the
counter is away.
"""

from math import ceil

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from performance.limits.policies import Policy
from performance.limits.services import take_here


def wait_s(request: HttpRequest, group: str, *, value: str, policy: Policy) -> int:
    """Whole seconds until `value` may do what `group` names again; 0 when it may now, which is counted."""
    if not settings.RATE_LIMIT_ENABLED:
        return 0
    rate = (policy.tokens, policy.period_s)
    usage = get_usage(request, group=group, key=lambda *_: value, rate=rate, increment=True)
    if usage is None:
        return take_here(policy, f"{group}:{value}").retry_after_s
    return max(1, ceil(usage["time_left"])) if usage["should_limit"] else 0

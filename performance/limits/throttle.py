"""The limits on the API's views.

A view says `limit = "qualify"`, or `limit = {"POST": "qualify"}`: a name out of RATE_LIMITS, counted besides "api",
which is every view's.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from performance.access.models import ApiToken
from performance.limits.decisions import Decision
from performance.limits.errors import QuotaExceeded
from performance.limits.identity import identity_of
from performance.limits.policies import DEFAULT
from performance.limits.services import take

# Where a request carries what was decided, for `performance.limits.middleware`.
DECISIONS = "limit_decisions"
# Where its environ carries what was decided before Django saw it.
TAKEN = "assay.limit_decisions"


def admit(request: HttpRequest, view: object, *, user_id: int | None, token_key: str | None = None) -> bool:
    """Whether the limits let this request to `view` through; one of each policy is taken.

    What was decided is kept on the request: the throttle, if it comes later, counts no second time and raises the
    refusal; the middleware says it in the headers.
    """
    decisions = request.META.pop(TAKEN, None)
    if decisions is None:
        identify = partial(identity_of, request, user_id=user_id, token_key=token_key)
        decisions = decide(policies_of(view, str(request.method)), identify)
    setattr(request, DECISIONS, decisions)
    return bool(decisions[-1].is_allowed)


def decide(policies: Sequence[str], identify: Callable[[str], str]) -> list[Decision]:
    """One of each policy is taken from whom `identify` names for it, up to the first that refuses."""
    decisions: list[Decision] = []
    for policy in policies:
        decisions.append(take(policy, identify(policy)))
        if not decisions[-1].is_allowed:
            break
    return decisions


def policies_of(view: object, method: str) -> tuple[str, ...]:
    """The names of the limits on a method of a view; HEAD counts as GET."""
    own: str | Mapping[str, str] = getattr(view, "limit", DEFAULT)
    if not isinstance(own, str):
        own = own.get("GET" if method == "HEAD" else method, DEFAULT)
    return (DEFAULT,) if own == DEFAULT else (DEFAULT, own)


class ClientThrottle(BaseThrottle):
    """DEFAULT_THROTTLE_CLASSES: `admit`, for what hasn't been admitted before DRF saw it."""

    def allow_request(self, request: Request, view: object) -> bool:
        """Raises QuotaExceeded, whose problem says which limit and when to come back."""
        http_request: Any = request._request
        if not hasattr(http_request, DECISIONS):
            token = request.auth if isinstance(request.auth, ApiToken) else None
            admit(http_request, view, user_id=request.user.pk, token_key=token.token_key if token else None)
        refused = [each for each in getattr(http_request, DECISIONS) if not each.is_allowed]
        for each in refused:
            raise refusal(each)
        return True


def refusal(decision: Decision) -> QuotaExceeded:
    """The error for a decision that isn't allowed."""
    return QuotaExceeded(
        decision.policy, limit=decision.limit, period_s=decision.period_s, retry_after_s=decision.retry_after_s
    )

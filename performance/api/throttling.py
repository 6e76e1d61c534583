"""How often a client may ask."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from performance.access.client import client_address


class ClientRateThrottle(BaseThrottle):
    """RATE_LIMIT_PER_MINUTE for each user (for each address, where nobody is signed in), counted in Valkey.

    A view's `rate_per_minute` is counted besides, for that view alone. Without Valkey nothing is limited: the limit
    is against mistakes, and an API that stands still because its counter does is worse.
    """

    _wait_s: float | None = None

    def allow_request(self, request: Request, view: object) -> bool:
        if not settings.RATE_LIMIT_ENABLED:
            return True
        limits = [("api", settings.RATE_LIMIT_PER_MINUTE)]
        if own := getattr(view, "rate_per_minute", None):
            limits.append((f"api.{type(view).__name__}", own))
        return all(self._is_within(request, group, rate) for group, rate in limits)

    def wait(self) -> float | None:
        return self._wait_s

    def _is_within(self, request: Request, group: str, rate: int) -> bool:
        who = f"user:{request.user.pk}" if request.user.is_authenticated else client_address(request._request)

        def key(_group: str, _request: HttpRequest) -> str:
            return who

        usage: dict[str, Any] | None = get_usage(
            request._request, group=group, key=key, rate=f"{rate}/m", increment=True
        )
        if usage is None or not usage["should_limit"]:
            return True
        self._wait_s = usage["time_left"]
        return False

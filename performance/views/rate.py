"""A limit on what a page's form starts, as the API has."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django_ratelimit.core import get_usage

View = Callable[..., HttpResponseBase]


def limited(group: str) -> Callable[[View], View]:
    """At most QUALIFY_RATE_PER_MINUTE POSTs of `group` by one person; more are answered 429, with when to come back.

    Only inside `allowed`, since people are counted by who they are. Nothing is limited without RATE_LIMIT_ENABLED.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            wait_s = _wait_s(request, group) if request.method == "POST" and settings.RATE_LIMIT_ENABLED else 0
            if not wait_s:
                return view(request, *args, **kwargs)
            response = render(request, "429.html", {"wait_s": wait_s}, status=429)
            response.headers["Retry-After"] = str(wait_s)
            return response

        return guarded

    return decorate


def _wait_s(request: HttpRequest, group: str) -> int:
    """Seconds until the next one; 0 where it may be now, or where Valkey can't say."""
    usage = get_usage(
        request, group=f"page.{group}", key="user", rate=f"{settings.QUALIFY_RATE_PER_MINUTE}/m", increment=True
    )
    return int(usage["time_left"]) + 1 if usage and usage["should_limit"] else 0

"""A limit on what a page's form starts, as the API has."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from performance.limits.allowances import policy_of
from performance.limits.forms import wait_s
from performance.views.permission import member

View = Callable[..., HttpResponseBase]


def limited(group: str, *, policy: str = "qualify") -> Callable[[View], View]:
    """At most as many POSTs of `group` by one person as the policy allows them; more are answered 429, with when to
    come back.

    Only inside `allowed`, since people are counted by who they are. Nothing is limited without RATE_LIMIT_ENABLED.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            identity = f"user:{member(request).pk}"
            wait = 0
            if request.method == "POST":
                wait = wait_s(request, f"page.{group}", value=identity, policy=policy_of(policy, identity))
            if not wait:
                return view(request, *args, **kwargs)
            response = render(request, "429.html", {"wait_s": wait}, status=429)
            response.headers["Retry-After"] = str(wait)
            return response

        return guarded

    return decorate

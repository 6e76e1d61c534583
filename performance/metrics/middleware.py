"""How long each route takes, for whoever asks; and for staff, what one answer took (Server-Timing)."""

from collections.abc import Callable
from functools import lru_cache
from http import HTTPMethod
from time import perf_counter

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from performance.metrics import sending, spent
from performance.metrics.tallies import OTHER, Series, series

METRIC = "http.request_ms"
# What has no address of ours: static files, and what doesn't exist.
UNROUTED = "-"
_METHODS = {str(method) for method in HTTPMethod}


def request_metrics(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware; outside of all that may take time. A function, which costs a third of a class less."""
    sending.ensure()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        spent.asking.set(request)
        began = perf_counter()
        response = get_response(request)
        took_ms = (perf_counter() - began) * 1000
        match = request.resolver_match
        series_of(match.route if match else UNROUTED, request.method, response.status_code // 100).observe(took_ms)
        if spent.is_shown(request) or _is_staff(request):
            response.headers["Server-Timing"] = spent.of(request).header(total_ms=took_ms)
        spent.end(request)
        return response

    return middleware


@lru_cache(maxsize=4096)
def series_of(route: str, method: str | None, hundreds: int) -> Series:
    """Where it is measured. Routes are the URL patterns, so there are not many; a method may be any word."""
    labels = {"route": route, "method": method if method in _METHODS else OTHER, "status": f"{hundreds}xx"}
    return series(METRIC, labels)


def _is_staff(request: HttpRequest) -> bool:
    """Of a user who is known by now: nobody is looked up for this, as asking Django's lazy user would."""
    user = request.__dict__.get("user")
    if type(user) is SimpleLazyObject:
        user = request.__dict__.get("_cached_user")
    return user is not None and bool(user.is_staff)

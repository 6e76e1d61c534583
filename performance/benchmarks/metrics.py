"""What measuring costs a cached read, in the area "api": the time that each request spends in the middleware."""

import timeit
from collections.abc import Callable, Iterator
from io import BytesIO
from statistics import median
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import override_settings

from performance import metrics
from performance.access.models import User
from performance.access.services import issue_token
from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, below, printed
from performance.metrics.middleware import METRIC

MIDDLEWARE = "performance.metrics.middleware.request_metrics"
# A page that every installation has, and that is small: a larger one would make the share look smaller.
PAGE = "/api/v1/flags"
REQUESTS, CALLS = 5000, 100_000
# Of the cache's look-up, and of the limit's decision.
COUNTS = 2
Answer = Callable[[HttpRequest], HttpResponseBase]

# Seconds of each request outside and inside of the measuring middleware.
_around: list[float] = []
_within: list[float] = []


def around(get_response: Answer) -> Answer:
    """Middleware."""
    return _timed(get_response, _around)


def within(get_response: Answer) -> Answer:
    """Middleware."""
    return _timed(get_response, _within)


@area("api")
def overhead() -> Iterator[Figure]:
    """Both times are of the same request, so a busy machine that slows it down slows both."""
    series = metrics.series(METRIC, {"route": "bench", "method": "GET", "status": "2xx"})
    count_us, observe_us = _each_us(series.count), _each_us(lambda: series.observe(3.2))
    with override_settings(RATE_LIMIT_ENABLED=False):
        read_us, own_us = _asked()
    own_us += COUNTS * count_us
    beside = f"{own_us:.1f} µs of a cached read's {read_us:.0f} µs, medians of {REQUESTS:,} requests in process"
    yield below(0.03, "metrics.overhead", own_us / (read_us - own_us), "share", beside=beside)
    labels = dict(series.labels)
    beside = f"with its labels looked up {_each_us(lambda: metrics.observe(METRIC, labels, 3.2)):.2f} µs"
    beside += f", count {count_us:.2f} µs"
    yield printed("metrics.observe", observe_us, "µs", beside=beside)


def _asked() -> tuple[float, float]:
    """Medians in µs: what PAGE takes out of the cache, and how much of that is the measuring middleware's."""
    place = settings.MIDDLEWARE.index(MIDDLEWARE)
    probes = [f"{__name__}.around", MIDDLEWARE, f"{__name__}.within"]
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE[:place], *probes, *settings.MIDDLEWARE[place + 1 :]]):
        handler = WSGIHandler()
    authorization = f"Token {_token()}"
    _ask(handler, authorization)
    _around.clear()
    _within.clear()
    for _ in range(REQUESTS):
        _ask(handler, authorization)
    return median(_around) * 1e6, median(one - other for one, other in zip(_around, _within, strict=True)) * 1e6


def _ask(handler: WSGIHandler, authorization: str) -> None:
    said: list[str] = []

    def begin(status: str, *_: object) -> Callable[[bytes], None]:
        said.append(status)
        return lambda _: None

    response: Any = handler({**_ENVIRON, "HTTP_AUTHORIZATION": authorization, "wsgi.input": BytesIO()}, begin)
    for _ in response:
        pass
    response.close()
    if said != ["200 OK"]:
        raise AssertionError(f"{PAGE} was answered {said}")


_ENVIRON: dict[str, Any] = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": PAGE,
    "QUERY_STRING": "",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "localhost",
    "wsgi.url_scheme": "http",
}


def _token() -> str:
    user, _ = User.objects.get_or_create(username="overhead", defaults={"is_superuser": True})
    return issue_token(user=user, name="overhead").text


def _timed(get_response: Answer, times: list[float]) -> Answer:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        response = get_response(request)
        times.append(perf_counter() - began)
        return response

    return middleware


def _each_us(call: Callable[[], object]) -> float:
    return min(timeit.repeat(call, timer=process_time, number=CALLS, repeat=3)) / CALLS * 1e6

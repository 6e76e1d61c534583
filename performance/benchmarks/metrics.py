"""What measuring costs a cached read, in the area "api": CPU in process, with and without, in turns."""

import timeit
from collections.abc import Callable, Iterator
from io import BytesIO
from statistics import median
from time import process_time
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
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
TURNS, REQUESTS = 40, 150
CALLS = 100_000
Ask = Callable[[], None]


@area("api")
def overhead() -> Iterator[Figure]:
    with override_settings(RATE_LIMIT_ENABLED=False):
        ask, ask_unmeasured = _asking(measured=True), _asking(measured=False)
        pairs = [(_cpu_us(ask), _cpu_us(ask_unmeasured)) for _ in range(TURNS)]
    dearer_us = median(one - other for one, other in pairs)
    read_us = min(other for _, other in pairs)
    beside = f"{dearer_us:.1f} µs of a cached read's {read_us:.0f} µs; medians of {TURNS} turns of {REQUESTS} requests"
    yield below(0.03, "metrics.overhead", max(0.0, dearer_us / read_us), "share", beside=beside)
    series = metrics.series(METRIC, {"route": "bench", "method": "GET", "status": "2xx"})
    labels = dict(series.labels)
    beside = f"with its labels looked up {_each_us(lambda: metrics.observe(METRIC, labels, 3.2)):.2f} µs"
    beside += f", count {_each_us(series.count):.2f} µs"
    yield printed("metrics.observe", _each_us(lambda: series.observe(3.2)), "µs", beside=beside)


def _asking(*, measured: bool) -> Ask:
    """A request for PAGE that the cache answers, through all of MIDDLEWARE but, or with, the measuring one."""
    chosen = [each for each in settings.MIDDLEWARE if measured or each != MIDDLEWARE]
    with override_settings(MIDDLEWARE=chosen):
        handler = WSGIHandler()
    headers = {"HTTP_AUTHORIZATION": f"Token {_token()}", "HTTP_HOST": "localhost"}

    def ask() -> None:
        said: list[str] = []
        environ = {**_ENVIRON, **headers, "wsgi.input": BytesIO()}
        for _ in (response := handler(environ, lambda status, _headers, *_: said.append(status))):
            pass
        response.close()
        if said != ["200 OK"]:
            raise AssertionError(f"{PAGE} was answered {said}")

    ask()
    return ask


_ENVIRON: dict[str, Any] = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": PAGE,
    "QUERY_STRING": "",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.url_scheme": "http",
}


def _token() -> str:
    user, _ = User.objects.get_or_create(username="overhead", defaults={"is_superuser": True})
    return issue_token(user=user, name="overhead").text


def _cpu_us(ask: Ask) -> float:
    began = process_time()
    for _ in range(REQUESTS):
        ask()
    return (process_time() - began) / REQUESTS * 1e6


def _each_us(call: Callable[[], object]) -> float:
    return min(timeit.repeat(call, number=CALLS, repeat=3)) / CALLS * 1e6

"""CPU of one answer, without server and client: the application is called as granian calls it, in this process."""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings

from performance.benchmarks.figures import Figure, at_most
from performance.benchmarks.usage import cpu_by_pid, postgres_pid, tree
from performance.cache.tags import bump
from prospects.benchmarks.api.rates import CACHED, DRF, TRIVIAL, Failed
from prospects.benchmarks.api.scene import ACCEPT_ENCODING, Scene

HITS, LISTS = 1000, 100
ROUNDS = 5
Ask = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Cpu:
    """Microseconds of an answer, here and in PostgreSQL."""

    python: float
    postgres: float

    def __str__(self) -> str:
        return f"{self.python:,.0f} µs and PostgreSQL {self.postgres:,.0f} µs"


def measure(scene: Scene) -> Iterator[Figure]:
    unlimited = {"api": (1_000_000_000, 60)}
    with override_settings(ROOT_URLCONF="prospects.benchmarks.api.urls", RATE_LIMITS=unlimited), _connection_kept():
        application = WSGIHandler()
        trivial, cached, drf = (_asking(application, scene, path) for path in (TRIVIAL, CACHED, DRF))
        least, hit = _in_turns([trivial, cached], times=HITS)
        beside = f"{hit.python:,.0f} µs to {least.python:,.0f} µs, behind the same middleware"
        yield at_most(2, "api.hit_cpu_vs_trivial", hit.python / least.python, "×", beside=beside)  # noqa: RUF001
        made, plain = _in_turns([cached, drf], times=LISTS, before_each=lambda: bump("prospects"))
    beside = f"a missed list of 50, stored too: {made}; ModelSerializer: {plain}"
    yield at_most(0.2, "api.list_cpu_vs_drf", made.python / plain.python, "of DRF", beside=beside)


@contextmanager
def _connection_kept() -> Iterator[None]:
    """From one request to the next, as the web's pool does: a new one each time would cost more than any list."""
    before, connection.settings_dict["CONN_MAX_AGE"] = connection.settings_dict["CONN_MAX_AGE"], None
    connection.close()
    try:
        yield
    finally:
        connection.settings_dict["CONN_MAX_AGE"] = before
        connection.close()


def _asking(application: Any, scene: Scene, path: str) -> Ask:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_AUTHORIZATION": scene.authorizations[0],
        "HTTP_ACCEPT": "*/*",
        "wsgi.url_scheme": "http",
        "HTTP_ACCEPT_ENCODING": ACCEPT_ENCODING,
    }

    def start(status: str, _headers: object, _error: object = None) -> None:
        if not status.startswith("200"):
            raise Failed(f"{path}: {status}")

    def ask() -> None:
        answer = application({**environ, "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO()}, start)
        b"".join(answer)
        answer.close()

    return ask


def _in_turns(asks: Sequence[Ask], *, times: int, before_each: Ask = lambda: None) -> list[Cpu]:
    """The median of each over ROUNDS, in turns."""
    seen: list[list[Cpu]] = [[] for _ in asks]
    for ask in asks:
        ask()
    for _ in range(ROUNDS):
        for ask, rounds in zip(asks, seen, strict=True):
            rounds.append(_timed(ask, times=times, before_each=before_each))
    return [Cpu(median(each.python for each in one), median(each.postgres for each in one)) for one in seen]


def _timed(ask: Ask, *, times: int, before_each: Ask) -> Cpu:
    """`before_each` isn't counted."""
    server = postgres_pid()
    before, here_s = _cpu_s(server), 0.0
    for _ in range(times):
        before_each()
        began = time.process_time()
        ask()
        here_s += time.process_time() - began
    return Cpu(here_s / times * 1e6, (_cpu_s(server) - before) / times * 1e6)


def _cpu_s(root_pid: int | None) -> float:
    alive = tree(root_pid) if root_pid else []
    return sum(seconds for _, seconds in cpu_by_pid(alive))

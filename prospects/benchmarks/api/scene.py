"""What the API's figures are measured in: 100,000 prospects, some judged; people with tokens; a warm server."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection

from performance.access.models import User
from performance.access.services import issue_token
from prospects.benchmarks.api.client import Plan
from prospects.companies.models import Prospect
from prospects.intake import services as intake
from prospects.intake.benchmark_file import sample_csv

USERS = 100
PATIENCE_S = 60.0
# What browsers send, and most libraries in part.
ACCEPT_ENCODING = "gzip, deflate, br, zstd"
CLIENT = Path(__file__).with_name("client.py")
# As in the Procfile, where `config.stack` is around it.
SERVER = (
    *("granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "6", "--respawn-failed-workers"),
    *("--workers-kill-timeout", "20s", "--host", "127.0.0.1", "config.wsgi:application"),
)
# The limits are counted, and nobody comes up against them.
ENVIRONMENT = {
    "PROCESS_ROLE": "web",
    "RATE_LIMIT_PER_MINUTE": "1000000",
    "DJANGO_SETTINGS_MODULE": "tests.servers.measured.settings",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a client saw: milliseconds of each answer by kind of request, and how many failed, by kind and status.

    `cold_ms` are those of the answers before the seconds that count.
    """

    seconds: float
    took_ms: dict[str, list[float]]
    errors: dict[str, int]
    cold_ms: list[float]

    @property
    def answers(self) -> list[float]:
        return [each for kind in self.took_ms.values() for each in kind]

    @property
    def rate(self) -> float:
        return len(self.answers) / self.seconds


@dataclass(frozen=True, slots=True)
class Scene:
    """`authorizations` are those of people in sales; `prospects` all ids, in order."""

    port: int
    pid: int
    users: Sequence[User]
    authorizations: Sequence[str]
    prospects: Sequence[int]

    def ask(self, plan: Plan) -> Seen:
        """Run a client with that plan."""
        whole = {"port": self.port, "accept_encoding": ACCEPT_ENCODING, **plan}
        command = [sys.executable, str(CLIENT)]
        done = subprocess.run(command, input=orjson.dumps(whole), stdout=subprocess.PIPE, check=True)
        seen = orjson.loads(done.stdout)
        return Seen(seen["seconds"], seen["took"], seen["errors"], seen["cold"])


@contextmanager
def scene(prospects: int) -> Iterator[Scene]:
    ids = _bring_in(prospects)
    sales = Group.objects.get(name="sales")
    users = [User.objects.create_user(f"bench-{number}") for number in range(USERS)]
    sales.user_set.add(*users)
    tokens = [f"Token {issue_token(user=user, name='bench').text}" for user in users]
    with _server() as (port, pid):
        yield Scene(port, pid, users, tokens, ids)


def _bring_in(wanted: int) -> Sequence[int]:
    received = intake.receive(name="bench.csv", chunks=sample_csv(wanted))
    intake.parse(received.pk)
    intake.commit(received.pk)
    with connection.cursor() as cursor:
        # An import leaves upkeep to be done, which would otherwise begin amid a measurement.
        cursor.execute("VACUUM (ANALYZE)")
    return list(Prospect.objects.order_by("pk").values_list("pk", flat=True))


@contextmanager
def _server() -> Iterator[tuple[int, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(settings.BASE_DIR)}
    command = [str(Path(sys.executable).with_name(SERVER[0])), *SERVER[1:], "--port", str(port)]
    server = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environ)
    try:
        _wait_for(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2):
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)

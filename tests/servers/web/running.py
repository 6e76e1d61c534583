"""Starting a web of our own:

    with running_web(hosts=200, latency=0.05, errors=0.02) as web:
        web.companies[3].domain        # and all else that is true of it
        web.log()                      # who asked what, when

Within it every name leads this process to the server, by `http://<domain>/` (nobody answers on 443, as on a site
without TLS). For settings: `override_settings(ALLOWED_PRIVATE_NETWORKS=[ip_network("127.0.0.0/8")])`. For another
process, a worker say: `Fleet([...], environment=web.environment)`.
"""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.servers.web.companies import Company, companies
from tests.servers.web.names import names
from tests.servers.web.server import CONTROL

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Logged:
    """A request. `asking` is how many requests the host had at that moment, this one with them."""

    at: float
    host: str
    path: str
    agent: str
    asking: int
    status: int | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class RunningWeb:
    port: int
    companies: Sequence[Company]
    pid: int

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads another process of ours into this web."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.servers.web.settings",
            "TEST_WEB_PORT": str(self.port),
            "ALLOWED_PRIVATE_NETWORKS": "127.0.0.0/8",
        }

    def with_trait(self, *traits: str) -> list[Company]:
        """Companies whose robots.txt is so: plain, delayed, denied, no_robots, broken_robots, partly_denied."""
        return [each for each in self.companies if each.trait in traits]

    def log(self, *, since: int = 0) -> list[Logged]:
        lines = self._ask(f"/log?since={since}").splitlines()
        return [Logged(**orjson.loads(line)) for line in lines]

    def control(self, **wishes: Any) -> None:
        """See server.py. A new revision changes the news and the products, nothing else."""
        self._ask("/control", orjson.dumps(wishes))

    def _ask(self, path: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers={"Host": CONTROL})
        with urllib.request.urlopen(request, timeout=30) as reply:
            answer: bytes = reply.read()
        return answer


@contextmanager
def running_web(
    *, hosts: int = 200, articles: int = 20, latency: float = 0.05, errors: float = 0.02
) -> Iterator[RunningWeb]:
    """A server of one's own, ended afterwards; meanwhile this process finds its sites by their names, and no others."""
    with web_server(hosts=hosts, articles=articles, latency=latency, errors=errors) as web, names(web.port):
        yield web


@contextmanager
def web_server(
    *, hosts: int = 200, articles: int = 20, latency: float = 0.05, errors: float = 0.02
) -> Iterator[RunningWeb]:
    """The server alone, for those who enter `names` when they want to be led to it."""
    options = {"hosts": hosts, "articles": articles, "latency": latency, "errors": errors}
    command = [sys.executable, "-m", "tests.servers.web.server"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            yield RunningWeb(port, companies(hosts), process.pid)
        finally:
            process.kill()

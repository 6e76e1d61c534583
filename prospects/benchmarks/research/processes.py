"""Crawls in processes of their own: ours, Scrapy's, and the bare one that is the floor of both."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from performance.benchmarks.usage import Usage, measured, postgres_pid
from prospects.benchmarks.clearing import clear_pages
from tests.servers.web.running import RunningWeb

# By their paths: as modules they would bring all the other areas with them.
_OURS, _PEER, _BARE = (Path(__file__).with_name(name) for name in ("our_crawl.py", "scrapy_peer.py", "bare_crawl.py"))
_PATIENCE_S = 1200


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl in a process of its own took; `database_s` is the CPU of PostgreSQL meanwhile."""

    pages: int
    cpu_s: float
    wall_s: float
    peak_mb: float
    database_s: float = 0.0
    values: int = 0

    @property
    def ms_a_page(self) -> float:
        return 1000 * (self.cpu_s + self.database_s) / self.pages


def ours(web: RunningWeb, asked: Mapping[str, Any], *, delay_ms: int = 0) -> Crawled:
    clear_pages()
    environment = {**web.environment, "CRAWL_DELAY_MS": str(delay_ms)}
    with _begun(_OURS, asked, environment=environment) as process, _database() as usage:
        told = _told(process)
    return Crawled(**told, database_s=usage.cpu_s)


def _database() -> AbstractContextManager[Usage]:
    """Of PostgreSQL's processes, of which some end meanwhile; nothing where it is on another machine."""
    server = postgres_pid()
    return measured(server) if server else nullcontext(Usage())


def by_scrapy(asked: Mapping[str, Any]) -> Crawled:
    with _begun(_PEER, asked, environment={}) as process:
        return Crawled(**_told(process))


def bare(web: RunningWeb, asked: Mapping[str, Any], *, parses: bool) -> Crawled:
    """`asked` has lists of URLs for sites."""
    with _begun(_BARE, {**asked, "parses": parses}, environment=web.environment) as process:
        return Crawled(**_told(process))


@contextmanager
def _begun(
    script: Path, asked: Mapping[str, Any], *, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Once it says, by its first line, that it is warm: what comes now is measured."""
    command = [sys.executable, str(script), orjson.dumps(asked).decode()]
    variables = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR), **environment}
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=variables, stdout=subprocess.PIPE) as process:
        late = threading.Timer(_PATIENCE_S, process.kill)
        late.start()
        try:
            _line(process)
            yield process
            if code := process.wait():
                raise subprocess.CalledProcessError(code, process.args)
        finally:
            late.cancel()
            process.kill()


def _told(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(_line(process))
    return told


def _line(process: subprocess.Popen[bytes]) -> bytes:
    if process.stdout and (line := process.stdout.readline()):
        return line
    raise subprocess.CalledProcessError(process.wait(), process.args)

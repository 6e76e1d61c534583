"""A web process as the Procfile starts it, on servers of its own."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from config.stack.checkout import free_ports
from tests.stack import Throwaway

ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes
    took_s: float

    def json(self) -> Any:
        return orjson.loads(self.content)


@dataclass(frozen=True, slots=True)
class Web:
    url: str
    cluster: Throwaway

    def get(self, path: str) -> Answer:
        began = time.monotonic()
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as response:
                status, headers, content = response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            status, headers, content = error.code, error.headers, error.read()
        return Answer(
            status, {name.lower(): value for name, value in headers.items()}, content, time.monotonic() - began
        )


@contextmanager
def running(cluster: Throwaway, *, log: Path, **environ: str) -> Iterator[Web]:
    [port] = free_ports(1)
    variables = {
        **os.environ,
        **cluster.environ(),
        "DJANGO_SETTINGS_MODULE": "tests.performance.database.web.settings",
        "PYTHONPATH": str(ROOT),
        **environ,
    }
    command = [*(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "16")]
    command += ["--host", "127.0.0.1", "--port", str(port), "config.wsgi:application"]
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=variables | {"PROCESS_ROLE": "web"}, stdout=file, stderr=file)
    web = Web(f"http://127.0.0.1:{port}", cluster)
    try:
        _wait(web, process, log)
        yield web
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(web: Web, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if web.get("/livez").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())

"""Running the command as a person does, on the database and broker of the tests."""

import asyncio
import contextlib
import io
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import Settings

from performance.jobs import workers
from performance.jobs.runner.slice import Slice
from performance.jobs.workers import HeartbeatThread

Environment = dict[str, str]
Ended = subprocess.CompletedProcess[str]
QUEUE = "qualification"
FILE = "Company,Website,Industry,State\nNorth Foods,north.example,Bakery,IL\nSouth Steel,south.example,Steel,TX\n"
PROFILE = """
title = "Food in the Midwest"
[[criteria]]
kind = "industry"
any_of = ["Food manufacturing"]
weight = 60
must = true
[[criteria]]
kind = "region"
any_of = ["Illinois"]
weight = 40
"""


@dataclass(frozen=True)
class Desk:
    """A directory with a file and a profile, and the command to run on them."""

    directory: Path
    environment: Environment

    @property
    def file(self) -> Path:
        return self.directory / "companies.csv"

    @property
    def icp(self) -> Path:
        return self.directory / "profile.toml"

    @property
    def out(self) -> Path:
        return self.directory / "out"

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """In a session of its own, so that a test can kill all of it."""
        given = ["--file", str(self.file), "--icp", str(self.icp), "--out", str(self.out), *arguments]
        return subprocess.Popen(
            [sys.executable, "manage.py", "qualify", *given],
            cwd=settings.BASE_DIR,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def call(self, *arguments: str, **options: Any) -> Ended:
        """As `run`, in this process and by its settings, for what isn't about its start.

        What it has somebody work on needs `somebody_works`: a worker of its own would look elsewhere.
        """
        out, err, code = io.StringIO(), io.StringIO(), 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                call_command("qualify", *arguments, file=self.file, icp=self.icp, out=self.out, **options)
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Ended([], code, out.getvalue(), err.getvalue())

    def run(self, *arguments: str, **environment: str) -> Ended:
        process = self.start(*arguments, **environment)
        try:
            out, err = process.communicate(timeout=100)
        except subprocess.TimeoutExpired:
            kill_all(process)
            raise
        return Ended(process.args, process.returncode, out, err)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two companies and a profile; no LLM is set up."""
    made = Desk(tmp_path, _environment(tmp_path))
    made.file.write_text(FILE)
    made.icp.write_text(PROFILE)
    return made


@pytest.fixture
def companies() -> Callable[[Desk, int], None]:
    """Fills the desk's file with so many companies."""

    def fill(desk: Desk, count: int) -> None:
        lines = [f"Company {number},c{number}.example,Bakery,IL" for number in range(count)]
        desk.file.write_text("Company,Website,Industry,State\n" + "\n".join(lines) + "\n")

    return fill


@pytest.fixture
def asks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has this process ask the LLM that is given, as processes do which have it in their environment."""
    monkeypatch.delenv("MAKELEVEL", raising=False)

    def ask(**environment: str) -> None:
        for name, value in environment.items():
            setattr(settings, name, value)

    return ask


@contextmanager
def somebody_works() -> Iterator[None]:
    """A worker that the command finds, so that it starts none of its own.

    It is a thread that does what Celery's task does, by this process' settings.
    """
    stopped = threading.Event()
    heartbeat = HeartbeatThread(workers.heartbeat(workers.WORKER, queues=[QUEUE]), is_well=lambda: True)
    worker = threading.Thread(target=_work_until, args=[stopped])
    heartbeat.start()
    worker.start()
    try:
        deadline = time.monotonic() + 60
        while not workers.live_workers(queue=QUEUE):
            assert time.monotonic() < deadline, "nobody came to work"
            time.sleep(0.01)
        yield
    finally:
        stopped.set()
        worker.join()
        heartbeat.stop()


def _work_until(stopped: threading.Event) -> None:
    while not stopped.wait(0.1):
        asyncio.run(Slice(QUEUE).run())
    connections.close_all()


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    handlers = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers = handlers


def kill_all(process: subprocess.Popen[str]) -> None:
    """SIGKILL to the command and everything it started."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for member in family:
        try:
            member.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    process.wait()
    psutil.wait_procs(family, timeout=10)


def _environment(directory: Path) -> Environment:
    """Ours, with the tests' database by its own name."""
    database = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path="/" + connection.settings_dict["NAME"]))
    stripped = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "MAKE"))}
    return stripped | {"DATABASE_URL": database, "REDIS_URL": settings.REDIS_URL, "ASSAY_ENV_FILE": ""}

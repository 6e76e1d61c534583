"""A worker whose parent lives, is connected to the broker, and takes nothing: it hears again without anybody's help."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from performance.jobs import wake
from performance.jobs.workers import live_workers

QUEUE = "deaf"


@pytest.fixture
def log(transactional_db: None, tmp_path: Path) -> Iterator[Path]:
    """Of such a worker, which lives meanwhile."""
    log = tmp_path / "worker.log"
    name = str(connection.settings_dict["NAME"])
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}")),
        "PROCESS_ROLE": "worker",
    }
    command = [sys.executable, "-m", "celery", "-A", "tests.performance.jobs.deaf_worker:app", "worker"]
    options = ["--queues", QUEUE, "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    with log.open("wb") as file:
        worker = subprocess.Popen([*command, *options], cwd=settings.BASE_DIR, env=environ, stdout=file, stderr=file)
    yield log
    worker.terminate()
    try:
        assert worker.wait(timeout=30) == 0
    finally:
        worker.kill()


def await_that(happens: Callable[[], bool], *, within_s: float) -> bool:
    until = time.monotonic() + within_s
    while not happens() and time.monotonic() < until:
        time.sleep(0.05)
    return happens()


@pytest.mark.timeout(180)
def test_it_says_so_and_connects_anew(log: Path) -> None:
    assert await_that(lambda: bool(live_workers(queue=QUEUE)), within_s=90)

    assert wake.publish(QUEUE, priority=6)

    assert await_that(lambda: wake.waiting(QUEUE) == 0, within_s=30), log.read_text()
    assert "wake-ups wait on deaf and this idle worker hears none" in log.read_text()

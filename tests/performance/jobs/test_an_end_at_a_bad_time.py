"""A worker that is told to end does so soon, whenever it is told."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from performance.jobs import wake

QUEUE = "interrupted"
SOON_S = 15.0


@pytest.mark.timeout(90)
def test_between_a_wake_up_and_word_of_it(transactional_db: None, tmp_path: Path) -> None:
    """Celery forgets such a task, and its child would wait half a minute for somebody to take its result."""
    log = tmp_path / "worker.log"
    name = str(connection.settings_dict["NAME"])
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}")),
        "PROCESS_ROLE": "worker",
    }
    command = [sys.executable, "-m", "celery", "-A", "tests.performance.jobs.interrupted_worker:app", "worker"]
    options = ["--queues", QUEUE, "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    assert wake.publish(QUEUE, priority=6)
    with (
        log.open("wb") as file,
        subprocess.Popen([*command, *options], cwd=settings.BASE_DIR, env=environ, stdout=file, stderr=file) as worker,
    ):
        try:
            until = time.monotonic() + 60
            while "Warm shutdown" not in log.read_text() and time.monotonic() < until:
                time.sleep(0.05)
            told_at = time.monotonic()
            code = worker.wait(timeout=45)
        finally:
            worker.kill()

    assert (code, time.monotonic() - told_at < SOON_S) == (0, True), log.read_text()

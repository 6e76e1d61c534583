"""What becomes of Celery's tasks, told by a real worker: by task and queue."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import orjson
import pytest
import redis
from django.conf import settings
from django.db import connection

from performance.metrics import handover
from performance.metrics.celery import OUTCOMES, RUN, SENT, SENT_AT, WAIT, due_at
from performance.metrics.tallies import taken
from tests.performance.metrics.celery_worker import app

QUEUE = "measured"
NOW = datetime(2026, 11, 20, 10, 31, tzinfo=UTC)
ENDS = Counter(
    {
        ("test.succeed", "succeeded"): 3,
        ("test.succeed", "revoked"): 1,
        ("test.fail", "failed"): 1,
        ("test.retry", "retried"): 1,
        ("test.retry", "succeeded"): 1,
    }
)
# These end their process, which has told what it knew by then.
VIOLENT_ENDS = Counter({("test.die", "lost"): 1, ("test.die", "succeeded"): 1, ("test.linger", "timed_out"): 1})


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Path]:
    """Its log; it is told to end by the test."""
    log = tmp_path / "worker.log"
    name = str(connection.settings_dict["NAME"])
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}")),
        "PROCESS_ROLE": "worker",
    }
    command = [sys.executable, "-m", "celery", "-A", "tests.performance.metrics.celery_worker:app", "worker"]
    options = ["--queues", QUEUE, "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    with log.open("wb") as file:
        process = subprocess.Popen([*command, *options], cwd=settings.BASE_DIR, env=environ, stdout=file, stderr=file)
    yield log
    process.terminate()
    process.wait(timeout=30)


def told(client: redis.Redis) -> dict[tuple[str, ...], tuple[int, float]]:
    """What waits in Valkey: by metric and labels, how many and their sum."""
    found: dict[tuple[str, ...], tuple[int, float]] = {}
    for key, row in client.hgetall(handover.PENDING).items():
        if not key.startswith(b"#"):
            _, metric, labels = orjson.loads(key)
            n, total, *_ = orjson.loads(row)
            place = (metric, *(labels[each] for each in ("task", "queue", "outcome") if each in labels))
            before = found.get(place, (0, 0.0))
            found[place] = (before[0] + n, before[1] + total)
    return found


def outcomes(client: redis.Redis) -> Counter[tuple[str, str]]:
    return Counter({key[1::2]: n for key, (n, _) in told(client).items() if key[0] == OUTCOMES and key[2] == QUEUE})


def await_that(client: redis.Redis, wanted: Counter[tuple[str, str]], log: Path) -> None:
    until = time.monotonic() + 40
    while outcomes(client) != wanted and time.monotonic() < until:
        time.sleep(0.2)
    assert outcomes(client) == wanted, log.read_text()


@pytest.mark.timeout(120)
def test_each_way_a_task_ends_is_counted_by_task_and_queue(worker: Path, valkey: redis.Redis) -> None:
    for name in ("succeed", "succeed", "fail", "retry"):
        app.send_task(f"test.{name}", queue=QUEUE)
    app.send_task("test.succeed", queue=QUEUE, expires=0)
    app.send_task("test.succeed", queue=QUEUE, countdown=1)
    await_that(valkey, ENDS, worker)
    for name in ("die", "linger"):
        app.send_task(f"test.{name}", queue=QUEUE)
    await_that(valkey, ENDS + VIOLENT_ENDS, worker)
    sent = {dict(each.labels)["task"]: tally.n for each, tally in taken() if each.name == SENT}
    found = told(valkey)

    assert sent == {"test.succeed": 4, "test.fail": 1, "test.retry": 1, "test.die": 1, "test.linger": 1}
    assert found[SENT, "test.retry", QUEUE][0] == 1
    n, total = found[RUN, "test.succeed", QUEUE]
    assert (n, 150 <= total < 5000) == (3, True)
    # What was to begin a second later didn't wait for that second; each try has its own.
    assert found[WAIT, "test.retry", QUEUE][0] == 2


@pytest.mark.parametrize(
    ("headers", "eta", "due"),
    [
        ({SENT_AT: NOW.timestamp()}, None, NOW.timestamp()),
        ({SENT_AT: NOW.timestamp()}, (NOW + timedelta(minutes=5)).isoformat(), NOW.timestamp() + 300),
        ({SENT_AT: NOW.timestamp()}, (NOW - timedelta(minutes=5)).isoformat(), NOW.timestamp()),
        ({}, None, None),
        ({SENT_AT: "yesterday"}, None, None),
    ],
)
def test_a_task_waits_from_when_it_was_sent_or_meant_to_begin(
    headers: dict[str, object], eta: str | None, due: float | None
) -> None:
    assert due_at(headers, eta=eta) == due

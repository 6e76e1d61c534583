"""How far the queues' figures are from the truth under load, with a worker and a broker, in the area "console"."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, at_most
from performance.queues import broker
from performance.queues.figures import picture
from performance.queues.sending import Wanted, send
from tests.performance.queues.names import COUNTED, QUEUE

MESSAGES, AT_ONCE = 600, 3
CHILDREN = 2
TAKES_S = 0.005
PATIENCE_S = 60.0
_APP = "tests.performance.queues.app:app"


@area("console")
def agreement() -> Iterator[Figure]:
    """Messages are sent while two processes work them off; each look is held against what was sent and done."""
    with _worker():
        if not _await(is_taken):
            raise RuntimeError("no worker took to its queue within a minute")
        errors = errors_under_load(MESSAGES)
        _await(lambda: counted() >= MESSAGES)
    broker.client().delete(COUNTED)
    off = sum(each > 0 for each in errors)
    beside = f"the largest of {len(errors)} looks at {MESSAGES} messages, of which {off} were off at all"
    yield at_most(1, "console.queue_error", max(errors), "messages", beside=beside)


def errors_under_load(messages: int) -> Sequence[int]:
    """By how much waiting and unacknowledged messages together differ from those sent and not done, at each look.

    The truth is known within what ended during the look, and what has ended and isn't acknowledged yet: one for each of
    the CHILDREN. Only what lies outside of that is an error.
    """
    sent, errors, begun = 0, list[int](), counted()
    while sent < messages:
        for _ in range(AT_ONCE):
            send(Wanted(task="tests.work", queue=QUEUE, kwargs={"takes_s": TAKES_S}))
        sent += AT_ONCE
        before = counted() - begun
        depth = broker.depths([QUEUE])[QUEUE]
        after = counted() - begun
        there = depth.waiting + (depth.unacked or 0)
        errors.append(max(0, sent - after - there, there - (sent - before + CHILDREN)))
    return errors


def counted() -> int:
    """How many tasks have done what they do."""
    return int(broker.client().get(COUNTED) or 0)


def is_taken() -> bool:
    """A worker has told that it takes from the queue."""
    [queue] = picture(at=timezone.now(), queues=[QUEUE]).queues
    return queue.taking == 1


@contextmanager
def _worker() -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", _APP, "worker", "--queues", QUEUE]
    options = ["--concurrency", str(CHILDREN), "--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.faults.settings", "PROCESS_ROLE": "worker"}
    process = subprocess.Popen(
        [*command, *options], cwd=settings.BASE_DIR, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _await(happens: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE_S
    while not happens() and time.monotonic() < until:
        time.sleep(0.1)
    return happens()

"""A Celery app with tasks that do what the tests want: work, wait, fail, die, and take too long.

Django isn't set up yet when this is imported.
"""

import contextlib
import os
import signal
import time
from typing import Any

import redis
from celery.exceptions import SoftTimeLimitExceeded

from config.celery import app
from tests.performance.queues.names import COUNTED, GO

__all__ = ["app"]


@app.task(name="tests.work")
def work(*, takes_s: float = 0.0, **_future: Any) -> None:
    time.sleep(takes_s)
    with redis.Redis.from_url(app.conf.broker_url) as client:
        client.incr(COUNTED)


@app.task(name="tests.wait")
def wait(**_future: Any) -> None:
    """Until the test says so."""
    with redis.Redis.from_url(app.conf.broker_url) as client:
        client.blpop([GO], timeout=60)
        client.incr(COUNTED)


@app.task(name="tests.fail")
def fail(*args: Any, **kwargs: Any) -> None:
    raise LookupError("no such thing")


@app.task(name="tests.die")
def die(**_future: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@app.task(name="tests.dawdle", soft_time_limit=1, time_limit=2)
def dawdle(**_future: Any) -> None:
    """Beyond the soft limit, which it pays no heed, it is killed at the hard one."""
    with contextlib.suppress(SoftTimeLimitExceeded):
        time.sleep(60)
    time.sleep(60)


@app.task(name="tests.overrun", soft_time_limit=1, time_limit=30)
def overrun(**_future: Any) -> None:
    time.sleep(60)

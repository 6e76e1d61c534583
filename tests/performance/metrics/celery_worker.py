"""Tasks that end in every way there is, for a real worker."""

import os
import signal
import time
from contextlib import suppress
from typing import Any

import redis
from billiard.exceptions import SoftTimeLimitExceeded
from celery import Task
from django.conf import settings

from config.celery import app

__all__ = ["app"]


@app.task(name="test.succeed")
def succeed() -> None:
    time.sleep(0.05)


@app.task(name="test.fail")
def fail() -> None:
    raise ValueError("as it should")


@app.task(name="test.retry", bind=True)
def retry(self: "Task[Any, Any]") -> None:
    if self.request.retries == 0:
        raise self.retry(countdown=1)


@app.task(name="test.die", bind=True)
def die(self: "Task[Any, Any]") -> None:
    """The first time."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        if client.set(f"test:died:{self.request.id}", 1, nx=True, ex=60):
            os.kill(os.getpid(), signal.SIGKILL)


@app.task(name="test.linger", soft_time_limit=1, time_limit=2)
def linger() -> None:
    """Past the soft limit, which comes first, as well."""
    with suppress(SoftTimeLimitExceeded):
        time.sleep(30)
    time.sleep(30)

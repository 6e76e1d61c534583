"""The wake-up: a Celery message that says "there is work" on a queue. Losing one costs a pump tick, never a job."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import celery
import redis
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from performance.jobs.errors import BrokerAway
from performance.jobs.models import Priority

logger = logging.getLogger(__name__)
WORK = "performance.jobs.tasks.work"
# kombu's Redis transport keeps a list per priority step (ours are in CELERY_BROKER_TRANSPORT_OPTIONS), the name and
# the step joined by these two characters.
SEPARATOR = "\x06\x16"


def publish(queue: str, *, priority: int) -> bool:
    """One wake-up, now. False if the broker didn't take it: the pump will publish again."""
    return send(WORK, {"queue": queue}, priority=priority)


def send(
    task: str, kwargs: Mapping[str, Any], *, priority: int = Priority.NORMAL, expires_s: int | None = None
) -> bool:
    """A Celery task that rows say is to be done. False if the broker didn't take it: whoever looks after the rows sends
    it again.
    """
    try:
        _app().send_task(
            task, kwargs=dict(kwargs), priority=priority, expires=expires_s, retry=False, ignore_result=True
        )
    except (OperationalError, OSError, redis.RedisError) as error:
        logger.warning("%s %s was not sent, and will be later. %s", task, dict(kwargs), told(error))
        return False
    return True


def route(name: str, _args: object, kwargs: Mapping[str, Any], *_: object, **_future: object) -> dict[str, str] | None:
    """For CELERY_TASK_ROUTES: a wake-up goes to the queue that it is about, which its kind of job names."""
    return {"queue": kwargs["queue"]} if name == WORK else None


def publish_on_commit(queue: str, *, priority: int, count: int = 1) -> None:
    """`count` wake-ups once the rows they are about are there for all to see."""

    def send() -> None:
        for _ in range(count):
            if not publish(queue, priority=priority):
                return

    transaction.on_commit(send, robust=True)


def waiting(queue: str) -> int:
    """Wake-ups in the broker that no worker has taken. Raises redis.RedisError when the broker is out."""
    pipeline: Any = _broker().pipeline(transaction=False)
    for step in Priority.values:
        pipeline.llen(f"{queue}{SEPARATOR}{step}" if step else queue)
    lengths: list[int] = pipeline.execute()
    return sum(lengths)


def check_broker() -> None:
    """Raises BrokerAway, for a command that would otherwise wait for workers who never hear of its work."""
    try:
        _broker().ping()
    except redis.RedisError as error:
        raise BrokerAway(told(error)) from error


def told(error: Exception) -> str:
    """What is wrong with the broker and what to do, in a sentence without its password."""
    address = urlsplit(settings.CELERY_BROKER_URL).netloc.rpartition("@")[2]
    return f"Valkey can't be used at {address}, check REDIS_URL: {str(error).rstrip('.')}."


@cache
def _app() -> "celery.Celery":
    """The installation's, loaded by the first wake-up: Celery takes a third of a second of CPU to import."""
    app: celery.Celery = import_string(settings.WAKE_UP_APP)
    return app


@cache
def _broker() -> redis.Redis:
    return redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2)

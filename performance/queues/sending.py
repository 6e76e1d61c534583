"""Sending a task by its name, as the installation routes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import celery
import redis
from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from performance.jobs.wake import told
from performance.queues.errors import BrokerOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A task to be sent; `queue` "" is where its routes lead."""

    task: str
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    task_id: str | None = None
    queue: str = ""
    priority: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def send(wanted: Wanted) -> str:
    """Its id. Raises BrokerOut."""
    app: celery.Celery = import_string(settings.WAKE_UP_APP)
    options: dict[str, Any] = {"queue": wanted.queue} if wanted.queue else {}
    if wanted.priority is not None:
        options["priority"] = wanted.priority
    try:
        sent = app.send_task(
            wanted.task,
            args=list(wanted.args),
            kwargs=dict(wanted.kwargs),
            task_id=wanted.task_id,
            headers=dict(wanted.headers),
            retry=False,
            ignore_result=True,
            **options,
        )
    except (OperationalError, OSError, redis.RedisError) as error:
        raise BrokerOut(told(error)) from error
    return str(sent.id)

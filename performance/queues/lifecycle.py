"""What queues need of Celery: who notices a task's death, and a worker's threads. Imported where tasks are."""

import os
import time
from typing import Any

from celery.signals import task_failure, task_postrun, task_prerun, worker_ready, worker_shutdown
from django.utils import timezone

from performance.queues import broker, deaths
from performance.queues.broker import Message
from performance.queues.consuming import Looking
from performance.queues.reporting import Reporting

_began: dict[str, float] = {}
_looking: list[Looking] = []
_reporting: list[Reporting] = []


@worker_ready.connect
def begin_threads(*, sender: Any, **_: Any) -> None:
    _looking.append(Looking(sender))
    _reporting.append(Reporting(sender))
    for thread in (*_looking, *_reporting):
        thread.start()


@worker_shutdown.connect
def end_threads(**_: Any) -> None:
    threads: list[Looking | Reporting] = [*_looking, *_reporting]
    for thread in threads:
        thread.stop()


@task_prerun.connect
def note_beginning(*, task_id: str, **_: Any) -> None:
    _began[task_id] = time.monotonic()


@task_postrun.connect
def forget_beginning(*, task_id: str, **_: Any) -> None:
    _began.pop(task_id, None)


@task_failure.connect
def note_death(
    *, sender: Any, task_id: str, exception: BaseException, args: Any, kwargs: Any, einfo: Any, **_: Any
) -> None:
    """In the child, of a task that raised; in the parent, of one that was killed or took too long."""
    at = timezone.now()
    parent = _parent()
    message = _message(sender, task_id, args, kwargs, parent)
    death = deaths.of_exception(
        exception,
        traceback=str(getattr(einfo, "traceback", "")),
        runtime_ms=_runtime_ms(task_id, parent),
        worker=str(sender.request.hostname or (parent.hostname if parent else "")),
    )
    if parent:
        parent.soon(lambda: deaths.record(message, death, at=at))
    else:
        deaths.record(message, death, at=at)


def _parent() -> Reporting | None:
    """This process's own, if it is a worker's parent: a child has a copy of it without its thread."""
    return next((each for each in _reporting if each.pid == os.getpid()), None)


def _runtime_ms(task_id: str, parent: Reporting | None) -> int | None:
    if (began := _began.get(task_id)) is not None:
        return round((time.monotonic() - began) * 1000)
    held = parent.held.get(task_id) if parent else None
    return round((time.time() - held.since) * 1000) if held and held.since else None


def _message(task: Any, task_id: str, args: Any, kwargs: Any, parent: Reporting | None) -> Message:
    """Of a task that took too long its parent has no request any more, but what it last saw of it."""
    request, held = task.request, parent.held.get(task_id) if parent else None
    delivery = request.delivery_info or {}
    if request.id == task_id or held is None:
        return Message(
            task_id=task_id,
            task=task.name,
            queue=delivery.get("routing_key") or _queue_of(task, args, kwargs),
            args=args,
            kwargs=kwargs,
            retries=request.retries or 0,
            priority=delivery.get("priority"),
            retry_of=getattr(request, broker.RETRY_OF, "") or "",
        )
    return Message(
        task_id=task_id,
        task=task.name,
        queue=held.queue,
        args=args,
        kwargs=kwargs,
        retries=held.retries,
        priority=held.priority,
        retry_of=held.retry_of,
    )


def _queue_of(task: Any, args: Any, kwargs: Any) -> str:
    """Where such a task is sent to."""
    return str(task.app.amqp.router.route({}, task.name, args, kwargs)["queue"].name)

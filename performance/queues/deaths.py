"""Dead letters of Celery's tasks: written down when a task gives up, wherever that is noticed.

A task that raises is noticed in the child that ran it; one whose child was killed, or that passed its time limit, in
Celery's parent. Where the database is out the death waits in Valkey for the duty that takes it in.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import redis
from billiard.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded, WorkerLostError
from django.db import InterfaceError, OperationalError, connection

from performance.database.text import storable
from performance.jobs.wake import WORK
from performance.queues import broker
from performance.queues.arguments import kept
from performance.queues.broker import Message
from performance.queues.models import ID_LENGTH, QUEUE_LENGTH, TASK_LENGTH, DeadTask

logger = logging.getLogger(__name__)
WAITING = "assay:queues:dead"
MOST_TRACEBACK, MOST_MESSAGE = 20_000, 2_000
TAKEN_IN_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """How a task ended."""

    why: str
    error: str = ""
    message: str = ""
    traceback: str = ""
    runtime_ms: int | None = None
    worker: str = ""


def of_exception(error: BaseException, *, traceback: str, runtime_ms: int | None, worker: str) -> Death:
    """The end of a traceback is what says most."""
    # What can't be pickled comes wrapped, and says what it was.
    name = getattr(error, "exc_cls_name", "") or type(error).__qualname__
    return Death(
        why=_why(error),
        error=name[:200],
        message=_told(error)[:MOST_MESSAGE],
        traceback=traceback[-MOST_TRACEBACK:],
        runtime_ms=runtime_ms,
        worker=worker,
    )


def record(message: Message, death: Death, *, at: datetime) -> None:
    """Keep it. Never raises: what went wrong is the task's, and goes on as it would."""
    if message.task == WORK:
        # A wake-up is worth nothing: the rows know what is left to do.
        return
    row = _row(message, death, at=at)
    try:
        _store([row])
    except (InterfaceError, OperationalError) as error:
        connection.close()
        logger.warning("a dead letter waits for the database: %s", error)
        _put_aside(row)


def take_in(*, at: datetime) -> int:
    """A duty: store what waits in Valkey; how many. What was stored and not yet taken away there is stored once."""
    client: Any = broker.client()
    raw = client.lrange(WAITING, 0, TAKEN_IN_AT_ONCE - 1)
    if raw:
        _store([orjson.loads(each) for each in raw])
        client.ltrim(WAITING, len(raw), -1)
    return len(raw)


def store_purged(messages: Sequence[Message], *, by: str, at: datetime) -> None:
    """The archive of a purge. In the caller's transaction; a message that is there already is kept as it was."""
    death = Death(why=DeadTask.Why.PURGED, message=f"Purged by {by}.")
    _store([_row(each, death, at=at) for each in messages])


def _row(message: Message, death: Death, *, at: datetime) -> Mapping[str, Any]:
    arguments = kept(message.args, message.kwargs)
    return {
        "task_id": storable(message.task_id)[:ID_LENGTH],
        "task": storable(message.task)[:TASK_LENGTH],
        "queue": storable(message.queue)[:QUEUE_LENGTH],
        "arguments": arguments.value,
        "is_replayable": arguments.is_whole and bool(message.task),
        "priority": message.priority,
        "retries": message.retries,
        "retry_of": message.retry_of[:ID_LENGTH],
        "failed_at": at.astimezone(UTC).isoformat(),
        **{name: storable(value) if isinstance(value, str) else value for name, value in asdict(death).items()},
    }


def _store(rows: Sequence[Mapping[str, Any]]) -> None:
    dead = [DeadTask(**{**row, "failed_at": datetime.fromisoformat(row["failed_at"])}) for row in rows]
    DeadTask.objects.bulk_create(dead, ignore_conflicts=True)


def _put_aside(row: Mapping[str, Any]) -> None:
    try:
        broker.client().rpush(WAITING, orjson.dumps(row))
    except redis.RedisError:
        logger.error("a dead letter is lost but for this line: %s", orjson.dumps(row).decode())


def _why(error: BaseException) -> str:
    if isinstance(error, WorkerLostError):
        return DeadTask.Why.WORKER_LOST
    is_over_time = isinstance(error, TimeLimitExceeded | SoftTimeLimitExceeded)
    return DeadTask.Why.TIME_LIMIT if is_over_time else DeadTask.Why.FAILED


def _told(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as unprintable:  # noqa: BLE001 - as below
        # Somebody's __str__; the dead letter is worth more than it.
        return f"unprintable: {type(unprintable).__name__}"

"""Which of its queues a Celery worker takes messages from: those it was started with, less those that rest.

Each worker sees to it itself, from the rows: when it starts, and every second from then on (at once when it is told
to). Celery's own `cancel_consumer` is forgotten at a restart, and its `add_consumer` makes any worker serve a queue; a
worker that looks can do neither. What a worker had taken before a pause is finished.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import redis
from django.db import DatabaseError, InterfaceError, connection, connections

from performance.queues import broker
from performance.queues.models import QueueState
from performance.queues.resting import CHANNEL

logger = logging.getLogger(__name__)
LOOK_S = 1.0
_served: list[str] = []


def begin(app: Any) -> None:
    """Of a worker that is about to start: remember its queues, and take nothing of those that rest.

    When nobody can say which do, of none: `Looking` takes up those that don't as soon as it can be said.
    """
    queues = app.amqp.queues
    _served[:] = sorted(queues.consume_from)
    try:
        resting: Iterable[str] = resting_of(_served)
    except (InterfaceError, DatabaseError) as error:
        logger.warning("this worker takes nothing until the database says which queues are paused: %s", error)
        resting = list(_served)
    finally:
        # What forks from here has connections of its own.
        connection.close()
    queues.deselect(list(resting))


def served() -> Sequence[str]:
    """The queues that this worker was started with."""
    return list(_served)


def resting_of(queues: Sequence[str]) -> list[str]:
    return list(QueueState.objects.resting().filter(pk__in=queues).order_by("pk").values_list("pk", flat=True))


class Looking(threading.Thread):
    """In Celery's parent: keeps what `consumer` takes in step with the rows, until `stop`."""

    def __init__(self, consumer: Any) -> None:
        super().__init__(name="paused queues", daemon=True)
        self._consumer = consumer
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                self._look_while_told()
            except redis.RedisError:
                # Nobody can tell us anything: look by the clock.
                self._look()
                self._ended.wait(LOOK_S)
        connections.close_all()

    def stop(self) -> None:
        self._ended.set()
        self.join(timeout=2 * LOOK_S)

    def _look_while_told(self) -> None:
        client: Any = broker.client()
        with client.pubsub(ignore_subscribe_messages=True) as told:
            told.subscribe(CHANNEL)
            while not self._ended.is_set():
                self._look()
                told.get_message(timeout=LOOK_S)

    def _look(self) -> None:
        """Celery's loop does what there is to do: its consumer is no other thread's to touch."""
        try:
            resting = frozenset(resting_of(_served))
        except (InterfaceError, DatabaseError):
            # What rests goes on resting.
            connection.close()
            return
        taken = frozenset(self._consumer.app.amqp.queues.consume_from)
        if taken != frozenset(_served) - resting and (hub := self._consumer.hub) is not None:
            hub.call_soon(_keep_in_step, self._consumer, resting)


def _keep_in_step(consumer: Any, resting: frozenset[str]) -> None:
    if consumer.task_consumer is None:
        # Celery is connecting anew, and will be asked again.
        return
    queues = consumer.app.amqp.queues
    for queue in _served:
        if queue in resting and queue in queues.consume_from:
            consumer.cancel_task_queue(queue)
            logger.warning("the queue %s is paused: nothing more is taken from it", queue)
        elif queue not in resting and queue not in queues.consume_from:
            consumer.add_task_queue(queue)
            logger.warning("the queue %s works again", queue)

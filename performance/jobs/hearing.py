"""A worker that is connected to the broker and takes nothing notices it by itself, and connects anew.

After a lost connection Celery's parent may live on deaf (https://github.com/celery/celery/issues/10205): its heartbeat
goes on, wake-ups wait, and nobody works. Its mark is that messages wait on its queues while it has nothing to do.
"""

import logging
from collections.abc import Sequence
from typing import Any, NoReturn

import redis

from performance.jobs import wake, workers

logger = logging.getLogger(__name__)
# Looks in a row, one with each heartbeat. A worker that hears takes what waits before the next one.
MOST_UNHEARD = 5


class Hearing:
    """Of the worker with this Celery `consumer`. Looked at from the thread of its heartbeat."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._unheard = 0

    @property
    def _queues(self) -> Sequence[str]:
        """Those that it takes from: what waits on a paused one is left there on purpose."""
        return sorted(self._consumer.app.amqp.queues.consume_from)

    def is_well(self) -> bool:
        """One look. False for a worker that has been deaf for a while, which is told to connect anew."""
        self._unheard = self._unheard + 1 if self._leaves_work() else 0
        if self._unheard and self._unheard % MOST_UNHEARD == 0:
            logger.error(
                "wake-ups wait on %s and this idle worker hears none: it connects anew", ", ".join(self._queues)
            )
            self._consumer.hub.call_soon(_connect_anew)
        return self._unheard < MOST_UNHEARD

    def _leaves_work(self) -> bool:
        if workers.is_stopping() or self._consumer.controller.state.reserved_requests:
            return False
        try:
            return any(wake.waiting(queue) for queue in self._queues)
        except redis.RedisError:
            return False


def _connect_anew() -> NoReturn:
    """In Celery's event loop, which takes this for a lost connection."""
    raise redis.ConnectionError("this worker was deaf")

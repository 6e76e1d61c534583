"""What a Celery worker is at, told by the worker itself every second: nobody has to ask it and wait for an answer.

What it holds is read in Celery's own loop, and sent by a thread beside it. So a report whose `loop_at` is old tells of
a worker that is wedged, and no report at all of one of which nothing is known (which is not "nothing runs").
"""

import logging
import os
import queue
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson
import psutil
import redis
from celery.worker import state
from django.db import connections

from performance.queues import broker, consuming
from performance.queues.reports import KEPT_S, KEY, NAMES, Held

logger = logging.getLogger(__name__)
EVERY_S = 1.0
MEMORY_EVERY_S = 5.0
# Of a worker that holds more, the rest is counted and not told.
MOST_TOLD = 200


class Reporting(threading.Thread):
    """In Celery's parent. `held` is what it last saw of each task, for the deaths that are noticed there."""

    def __init__(self, consumer: Any) -> None:
        super().__init__(name="worker report", daemon=True)
        self.pid = os.getpid()
        self.held: dict[str, Held] = {}
        self._consumer = consumer
        self._ended = threading.Event()
        self._looked: dict[str, Any] = {}
        self._children: list[dict[str, int]] = []
        self._children_due = 0.0
        self._errands: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()

    @property
    def hostname(self) -> str:
        return str(self._consumer.hostname)

    def run(self) -> None:
        while not self._ended.wait(EVERY_S):
            self._run_errands()
            try:
                self._look_and_tell()
            except Exception:
                # The guard per round: a report that fails isn't the last one.
                logger.exception("this worker's report wasn't made")
        self._run_errands()
        connections.close_all()

    def stop(self) -> None:
        """It is known at once that this worker ended."""
        self._ended.set()
        self.join(timeout=5)
        try:
            broker.client().delete(KEY.format(node=self._consumer.hostname))
        except redis.RedisError:
            logger.info("the last report of this worker runs out by itself")

    def soon(self, errand: Callable[[], object]) -> None:
        """Have it done by this thread: what Celery's loop has no time for."""
        self._errands.put(errand)

    def _run_errands(self) -> None:
        while not self._errands.empty():
            try:
                self._errands.get()()
            except Exception:
                # The guard per errand: the thread goes on.
                logger.exception("an errand of the worker failed")

    def _look_and_tell(self) -> None:
        if (hub := self._consumer.hub) is not None:
            hub.call_soon(self._look)
        self._tell()

    def _look(self) -> None:
        """In Celery's loop, which alone may look at its own sets."""
        running = {request.id for request in state.active_requests}
        held = {request.id: _held(request, is_running=request.id in running) for request in state.requests.values()}
        # What is gone was seen a moment ago: its death may be on its way here.
        self.held = {**{id_: each for id_, each in self.held.items() if time.time() - each.seen_at < 10}, **held}
        self._looked = {
            "loop_at": time.time(),
            "taken": sorted(self._consumer.app.amqp.queues.consume_from),
            "running": Counter(each.queue for each in held.values() if each.is_running),
            "reserved": Counter(each.queue for each in held.values() if not each.is_running),
            "held": [each.told() for each in sorted(held.values(), key=lambda each: not each.is_running)[:MOST_TOLD]],
        }

    def _tell(self) -> None:
        if not self._looked:
            return
        report = {
            "node": self._consumer.hostname,
            "host": socket.gethostname()[:100],
            "pid": self.pid,
            "at": time.time(),
            "served": consuming.served(),
            "concurrency": getattr(self._consumer.pool, "limit", None),
            "children": self._memory(),
            **self._looked,
        }
        try:
            pipeline: Any = broker.client().pipeline()
            pipeline.set(KEY.format(node=self._consumer.hostname), orjson.dumps(report), ex=KEPT_S)
            pipeline.zadd(NAMES, {self._consumer.hostname: report["at"]})
            pipeline.execute()
        except redis.RedisError as error:
            logger.info("this worker's report wasn't sent: %s", error)

    def _memory(self) -> list[dict[str, int]]:
        if time.monotonic() >= self._children_due:
            self._children_due = time.monotonic() + MEMORY_EVERY_S
            self._children = [each for child in psutil.Process().children() if (each := _weighed(child))]
        return self._children


def _weighed(child: psutil.Process) -> dict[str, int]:
    try:
        return {"pid": child.pid, "memory_mb": child.memory_info().rss >> 20}
    except psutil.Error:
        return {}


def _held(request: Any, *, is_running: bool) -> Held:
    headers = request.request_dict
    delivery = request.delivery_info or {}
    return Held(
        task_id=request.id,
        task=request.name,
        queue=delivery.get("routing_key") or "",
        priority=delivery.get("priority"),
        is_running=is_running,
        since=request.time_start if is_running else None,
        pid=request.worker_pid if is_running else None,
        retries=headers.get("retries") or 0,
        retry_of=headers.get(broker.RETRY_OF) or "",
        seen_at=time.time(),
    )

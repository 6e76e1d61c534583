"""What durable work needs of a Celery worker: a heartbeat, an orderly end, and what is loaded before it forks."""

import gc
import logging
import sys
from typing import Any

from billiard import pool
from celery.signals import celeryd_after_setup, worker_process_init, worker_ready, worker_shutdown, worker_shutting_down
from django.db import InterfaceError, OperationalError

from performance.jobs import workers
from performance.jobs.hearing import Hearing
from performance.jobs.kinds import kind_named, queues_by_kind
from performance.jobs.runner.collecting import collect_seldom
from performance.jobs.runner.threads import SWITCH_S, crew
from performance.queues import consuming

logger = logging.getLogger(__name__)
# Times 0.1 s, for which a child that ends waits until its results were taken. The parent takes them at once, or never:
# what a child was sent just before the end, and had not said that it has, is forgotten. By itself it waits for 30 s.
RESULTS_TAKEN_WITHIN = 30
_heartbeats: list[workers.HeartbeatThread] = []


@celeryd_after_setup.connect
def load_before_fork(*, instance: Any, **_: Any) -> None:
    """The kinds of this worker's queues. What is loaded is frozen, so that no child's collector touches (and copies)
    the shared pages.
    """
    consuming.begin(instance.app)
    for kind, queue in queues_by_kind().items():
        if queue in consuming.served():
            kind_named(kind).preload()
    gc.collect()
    gc.freeze()


@worker_ready.connect
def begin_heartbeat(*, sender: Any, **_: Any) -> None:
    hearing = Hearing(sender)
    heartbeat = workers.heartbeat(workers.WORKER, queues=consuming.served())
    thread = workers.HeartbeatThread(heartbeat, is_well=hearing.is_well)
    thread.start()
    _heartbeats.append(thread)


@worker_shutting_down.connect
def ask_children_to_stop(**_: Any) -> None:
    """In the parent's signal handler: the children see the flag, which was made before they were."""
    workers.ask_to_stop()


@worker_shutdown.connect
def end_heartbeat(**_: Any) -> None:
    for thread in _heartbeats:
        thread.stop()
        try:
            workers.leave(thread.worker)
        except (OperationalError, InterfaceError):
            logger.warning("the worker ended while the database was out")


@worker_process_init.connect
def settle_in(**_: Any) -> None:
    """In each new child."""
    pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = RESULTS_TAKEN_WITHIN
    collect_seldom()
    sys.setswitchinterval(SWITCH_S)
    crew.keep()

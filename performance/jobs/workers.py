"""The fleet: who is alive, by heartbeats in the database, and the flag by which its processes are asked to end."""

import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.sharedctypes import RawValue
from uuid import uuid4

import orjson
import psutil
from django.db import InterfaceError, OperationalError, connection, connections
from django.db.models import QuerySet

from performance.jobs.models import Worker

WORKER = "worker"
RUNNER = "runner"
PUMP = "pump"
HEARTBEAT_S = 3.0
# Made at import, so before Celery forks: the parent sets it on SIGTERM, the children poll it.
_stopping = RawValue("b", 0)

_BEAT = """
INSERT INTO performance_worker (name, role, host, pid, queues, in_flight, memory_mb, started_at, seen_at)
VALUES (%(name)s, %(role)s, %(host)s, %(pid)s, %(queues)s::jsonb, %(in_flight)s, %(memory_mb)s, now(), now())
ON CONFLICT (name) DO UPDATE SET in_flight = excluded.in_flight, memory_mb = excluded.memory_mb,
    queues = excluded.queues, seen_at = now()
"""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One process of the fleet in one role. The name also tells apart two processes with the same pid."""

    name: str
    role: str
    queues: Sequence[str] = field(default_factory=tuple)


def ask_to_stop() -> None:
    """Runners stop claiming, give back what isn't sent, finish what is in flight. Safe in a signal handler."""
    _stopping.value = 1


def is_stopping() -> bool:
    return bool(_stopping.value)


def heartbeat(role: str, *, queues: Sequence[str]) -> Heartbeat:
    return Heartbeat(f"{role}:{_process_name(os.getpid())}", role, tuple(queues))


def beat(worker: Heartbeat, *, in_flight: int = 0) -> None:
    """Say "alive", by the database's clock."""
    memory_mb = psutil.Process().memory_info().rss >> 20
    with connection.cursor() as cursor:
        cursor.execute(
            _BEAT,
            {
                "name": worker.name,
                "role": worker.role,
                "host": socket.gethostname()[:100],
                "pid": os.getpid(),
                "queues": orjson.dumps(list(worker.queues)).decode(),
                "in_flight": in_flight,
                "memory_mb": memory_mb,
            },
        )


def leave(worker: Heartbeat) -> None:
    """An orderly end: not alive from now on."""
    Worker.objects.filter(name=worker.name).delete()


def live_workers(*, queue: str | None = None) -> list[Worker]:
    """The Celery workers seen within 15 s, those that serve `queue` if one is named."""
    rows: QuerySet[Worker] = Worker.objects.live().filter(role=WORKER)
    return [row for row in rows if queue is None or queue in row.queues]


def live_pumps() -> list[Worker]:
    return list(Worker.objects.live().filter(role=PUMP))


@cache
def _process_name(pid: int) -> str:
    return f"{socket.gethostname()[:60]}:{pid}:{uuid4().hex[:6]}"


class HeartbeatThread(threading.Thread):
    """Beats for Celery's parent, which has no loop of its own to do it in, as long as that is well."""

    def __init__(self, worker: Heartbeat, *, is_well: Callable[[], bool]) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.worker = worker
        self._is_well = is_well
        self._stopped = threading.Event()

    def run(self) -> None:
        while True:
            self._beat_once()
            if self._stopped.wait(HEARTBEAT_S):
                break
        connections.close_all()

    def stop(self) -> None:
        self._stopped.set()
        self.join(timeout=5)

    def _beat_once(self) -> None:
        try:
            if self._is_well():
                beat(self.worker)
        except (InterfaceError, OperationalError):
            connection.close()

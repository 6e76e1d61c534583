"""What processes took of the machine: CPU seconds and resident memory, of trees that come and go."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

import psutil
from django.db import connection

SAMPLE_EVERY_S = 0.1
MB = 1024 * 1024


@dataclass(slots=True)
class Usage:
    """`cpu_s` over the time looked at; `peak_mb` is the largest single process."""

    cpu_s: float = 0.0
    peak_mb: float = 0.0
    _before: dict[int, float] = field(default_factory=dict)
    _now: dict[int, float] = field(default_factory=dict)

    def begin(self, processes: list[psutil.Process]) -> Self:
        self._before = dict(cpu_by_pid(processes))
        return self

    def look(self, processes: list[psutil.Process]) -> None:
        """Take note of those alive: the last look at a process that ended counts."""
        self._now |= dict(cpu_by_pid(processes))
        self.cpu_s = sum(cpu - self._before.get(pid, 0.0) for pid, cpu in self._now.items())
        self.peak_mb = max([self.peak_mb, *_memory(processes)])


@contextmanager
def measured(root_pid: int) -> Iterator[Usage]:
    """The usage of a process and its descendants while inside, sampled ten times a second."""
    usage = Usage().begin(tree(root_pid))
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_EVERY_S):
            usage.look(tree(root_pid))

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    try:
        yield usage
    finally:
        ended.set()
        sampler.join()
        usage.look(tree(root_pid))


def postgres_pid() -> int | None:
    """The server's main process, where it runs on this machine and may be looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        return psutil.Process(backend).ppid() if "postgres" in psutil.Process(backend).name() else None
    except psutil.Error:
        return None


def tree(root_pid: int) -> list[psutil.Process]:
    """The process and all its descendants that live."""
    try:
        root = psutil.Process(root_pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_by_pid(processes: list[psutil.Process]) -> Iterator[tuple[int, float]]:
    """Seconds of each that is still there."""
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        yield process.pid, times.user + times.system


def _memory(processes: list[psutil.Process]) -> Iterator[float]:
    for process in processes:
        try:
            yield process.memory_info().rss / MB
        except psutil.Error:
            continue

"""The workers and the pump that a command needs: those that live already, else its own, ended with it.

Its workers are processes, which go on for a while when the command is told to end. Its pump is a thread: it spends its
life waiting for the servers, and a process of its own would take longer to start than most runs take it to work.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from django.conf import settings

from performance.api.errors import DomainError
from performance.jobs.models import Worker
from performance.jobs.pump import PumpThread
from performance.jobs.workers import live_pumps, live_workers

CHECK_EVERY_S = 5.0
# A worker that is told to end stores what it has in flight; a call may take as long as its time-out.
PATIENCE_S = 40.0
MOST_STARTS = 3
LIBC = "libc.so.6"
PR_SET_PDEATHSIG = 1


class KeepsEnding(DomainError):
    """What a command started ends by itself again and again."""

    def __init__(self, role: str, *, last: str) -> None:
        super().__init__(f"The {role} ended by itself {MOST_STARTS} times{last}.")


class Fleet:
    """A context in which somebody works on `queues`. Only what it started is ended at its end.

    `children` is the number of worker processes to start where none lives, `environment` what they get besides ours.
    """

    def __init__(
        self, queues: Sequence[str], *, children: int = 1, environment: Mapping[str, str] | None = None
    ) -> None:
        self.queues = queues
        self.children = children
        self.environment = environment or {}
        self.started: dict[str, subprocess.Popen[bytes]] = {}
        self.pump: PumpThread | None = None
        self.logs = settings.RECORD.directory / "log"
        self._starts: Counter[str] = Counter()
        self._looked_at = -CHECK_EVERY_S

    def __enter__(self) -> Self:
        self.ensure()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ensure(self) -> None:
        """Start what is missing. Cheap to call often: it looks every 5 s."""
        now = time.monotonic()
        if now - self._looked_at < CHECK_EVERY_S:
            return
        self._looked_at = now
        if not self._runs("worker") and not all(_really(live_workers(queue=queue)) for queue in self.queues):
            self._start("worker", self._worker_command())
        if not (self.pump and self.pump.is_alive()) and not _really(live_pumps()):
            self._start_pump()

    def stop(self) -> None:
        """End the started processes in order, and what doesn't end by force: their jobs are picked up again."""
        for process in self.started.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        if self.pump:
            self.pump.stop()
        deadline = time.monotonic() + PATIENCE_S
        for process in self.started.values():
            _await_end(process, deadline=deadline)
        self.started.clear()
        if self.pump:
            self.pump.join(max(0.1, deadline - time.monotonic()))
            self.pump = None

    def _runs(self, name: str) -> bool:
        return name in self.started and self.started[name].poll() is None

    def _worker_command(self) -> list[str]:
        return [
            *(sys.executable, "manage.py", "worker", "--alone", "--queues", ",".join(self.queues)),
            *("--concurrency", str(self.children), "--hostname", f"fleet-{os.getpid()}@%h"),
        ]

    def _start_pump(self) -> None:
        if self.pump and self._starts["pump"] == MOST_STARTS:
            raise KeepsEnding("pump", last=f", the last time by {self.pump.fault}")
        self._starts["pump"] += 1
        self.pump = PumpThread()
        self.pump.start()

    def _start(self, role: str, command: Sequence[str]) -> None:
        if self._starts[role] == MOST_STARTS:
            raise KeepsEnding(role, last=f"; what it said last stands in {self.logs / f'{role}.log'}")
        self._starts[role] += 1
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{role}.log").open("ab") as log:
            self.started[role] = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env={**os.environ, "PROCESS_ROLE": role, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Apart from us, so that a Ctrl-C meant for us doesn't cut its calls.
                start_new_session=True,
                preexec_fn=_end_with_parent(),
            )


def _really(workers: Sequence[Worker]) -> list[Worker]:
    """Those that live: one of this machine that was killed is known to be gone before its heartbeat is missed."""
    here = socket.gethostname()[:100]
    return [worker for worker in workers if worker.host != here or psutil.pid_exists(worker.pid)]


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel tells our processes to end when we are killed; elsewhere `make stop` does."""
    if not sys.platform.startswith("linux") or not Path("/proc/self").exists():
        return None
    libc = ctypes.CDLL(LIBC, use_errno=True)

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return arrange


def _await_end(process: subprocess.Popen[bytes], *, deadline: float) -> None:
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

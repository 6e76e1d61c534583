"""CPU, memory, disk and network as measurements: of the machine by one process a host, of each process by itself.

Runs in the sender's thread of every process, Celery's parents among them, which fork. So nothing here asks a server,
takes a lock that a child would find held, or imports anything (`tests/performance/system/test_forking.py`).
"""

import os
import socket
import time
from dataclasses import dataclass

import psutil
from django.conf import settings

from performance.metrics import observe
from performance.system.leading import Lead, place
from performance.system.machine import MIB, Reading, Shares, between, read

EVERY_S = 5.0
HOST = socket.gethostname()[:64]
# Of each process by itself. Not kept in buckets: see `performance.system.samples`.
MEMORY, CPU = "each.memory_mb", "each.cpu_share"


@dataclass(slots=True)
class _State:
    """Of this process; used by the sender's thread alone."""

    pid: int
    began: int
    lead: Lead
    due_at: float = 0.0
    before: Reading | None = None
    cpu_s: float = 0.0
    cpu_at: float = 0.0


_state: _State | None = None


def sample_system() -> None:
    """A sampler (`metrics.sending`), which is called every 2 s and looks every 5."""
    global _state
    now = time.monotonic()
    if _state is None or _state.pid != os.getpid():
        # Forked: another process' times and lock are not ours.
        if _state is not None:
            _state.lead.close()
        _state = _State(os.getpid(), int(psutil.Process().create_time()), _lead())
    if now < _state.due_at:
        return
    _state.due_at = now + EVERY_S
    _sample_process(_state, now=now)
    if _state.lead.take():
        _sample_host(_state)


def _lead() -> Lead:
    return Lead(place(directory=settings.RECORD.directory, installation=settings.REDIS_URL))


def _sample_process(state: _State, *, now: float) -> None:
    process = psutil.Process()
    with process.oneshot():
        memory_mb, times = process.memory_info().rss / MIB, process.cpu_times()
    role = {"role": settings.PROCESS_ROLE}
    own = {**role, "host": HOST, "pid": str(state.pid), "began": str(state.began)}
    observe("process.memory_mb", role, memory_mb)
    observe(MEMORY, own, memory_mb)
    if state.cpu_at:
        share = (times.user + times.system - state.cpu_s) / (now - state.cpu_at)
        observe("process.cpu_share", role, share)
        observe(CPU, own, share)
    state.cpu_s, state.cpu_at = times.user + times.system, now


def _sample_host(state: _State) -> None:
    directory = settings.RECORD.directory
    after = read(directory=directory if directory.exists() else settings.BASE_DIR)
    if state.before is not None:
        _observe(between(state.before, after))
    state.before = after


def _observe(shares: Shares) -> None:
    labels = {"host": HOST}
    for name in Shares.__slots__:
        observe(f"system.{name}", labels, getattr(shares, name))

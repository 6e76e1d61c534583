"""CPU, memory, disk and network as measurements: of the machine by one process a host, of each process by itself."""

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass

import psutil
from django.conf import settings

from performance.cache.connection import CacheGone, pinned
from performance.metrics import observe
from performance.system.machine import Reading, Shares, between, read

EVERY_S = 5.0
# Whoever looks after the host is followed by another one after this long.
LEASE_MS = 12_000
HOST = socket.gethostname()[:64]


@dataclass(slots=True)
class _State:
    """Of this process; used by the sender's thread alone."""

    due_at: float = 0.0
    pid: int = 0
    before: Reading | None = None
    cpu_s: float = 0.0
    cpu_at: float = 0.0


_state = _State()


def sample_system() -> None:
    """A sampler (`metrics.sending`), which is called every 2 s and looks every 5."""
    global _state
    now = time.monotonic()
    if _state.pid != os.getpid():
        # Forked: another process' times are no ours.
        _state = _State(pid=os.getpid())
    if now < _state.due_at:
        return
    _state.due_at = now + EVERY_S
    _sample_process(_state, now=now)
    if _leads():
        _sample_host(_state)
    else:
        _state.before = None


def _sample_process(state: _State, *, now: float) -> None:
    process = psutil.Process()
    with process.oneshot():
        memory, times = process.memory_info().rss, process.cpu_times()
    labels = {"role": settings.PROCESS_ROLE}
    observe("process.memory_bytes", labels, memory)
    if state.cpu_at:
        observe("process.cpu_share", labels, (times.user + times.system - state.cpu_s) / (now - state.cpu_at))
    state.cpu_s, state.cpu_at = times.user + times.system, now


def _sample_host(state: _State) -> None:
    after = read(directory=settings.RECORD.directory if settings.RECORD.directory.exists() else settings.BASE_DIR)
    if state.before is not None:
        _observe(between(state.before, after))
    state.before = after


def _observe(shares: Shares) -> None:
    labels = {"host": HOST}
    for name in Shares.__slots__:
        observe(f"system.{name}", labels, getattr(shares, name))


def _leads() -> bool:
    """Whether this process looks after its host. Without Valkey nobody does: there would be nowhere to send it."""
    key, own = f"assay:system:{HOST}", f"{os.getpid()}"
    with suppress(CacheGone):
        if pinned().call("SET", key, own, "NX", "PX", LEASE_MS) or pinned().call("GET", key) == own.encode():
            pinned().call("PEXPIRE", key, LEASE_MS)
            return True
    return False

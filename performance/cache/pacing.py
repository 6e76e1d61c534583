"""Tags of what changes many times a second: raised at once, then a few times a second at most, and once at the end."""

import atexit
import os
import threading
import time
from functools import partial

from django.db import transaction

from performance.cache.tags import bump

EVERY_S = 0.3


class Pacer:
    """Of one process: `raise_soon` may be called from every thread, and costs a lock and a set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[str, None] = {}
        self._raised_at = float("-inf")
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def raise_soon(self, tags: tuple[str, ...]) -> None:
        with self._lock:
            self._due.update(dict.fromkeys(tags))
            is_now = time.monotonic() - self._raised_at >= EVERY_S
        if is_now:
            self.flush()
        else:
            self._leave_to_thread()

    def flush(self) -> None:
        """Raise now what waits."""
        with self._lock:
            due, self._due = self._due, {}
            self._raised_at = time.monotonic()
        if due:
            bump(*due)

    def _leave_to_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="cache-pacer", daemon=True)
                self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            time.sleep(max(0.0, self._raised_at + EVERY_S - time.monotonic()))
            self.flush()


_pacer = Pacer()


def bump_soon(*tags: str) -> None:
    """As `bump`, for what a run at work changes with each of its transactions: readers may be 0.3 s behind it."""
    transaction.on_commit(partial(_raise_soon, tags), robust=True)


def _raise_soon(tags: tuple[str, ...]) -> None:
    _pacer.raise_soon(tags)


def _begin_anew() -> None:
    global _pacer
    _pacer = Pacer()


def _flush_at_exit() -> None:
    _pacer.flush()


os.register_at_fork(after_in_child=_begin_anew)
atexit.register(_flush_at_exit)

"""What a process knows of Valkey's health: while it is away one attempt a second is made, and one warning a minute.

A server that doesn't even refuse, but keeps silent, costs whoever tries the whole time-out: it is tried more seldom.
"""

import logging
import threading
import time

logger = logging.getLogger(__name__)
ATTEMPT_EVERY_S = 1.0
# An attempt takes no more than this share of the time.
SHARE_OF_TIME = 0.1
WARN_EVERY_S = 60.0


class CacheGone(Exception):
    """Valkey can't be used at the moment."""


class Circuit:
    """Of one process, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_gone = False
        self._next_attempt_at = 0.0
        self._warned_at = float("-inf")

    def enter(self) -> None:
        """Raises CacheGone unless this is a moment to try; of several threads one tries, the others fail at once."""
        if not self._is_gone:
            return
        with self._lock:
            now = time.monotonic()
            if now < self._next_attempt_at:
                raise CacheGone("Valkey was away a moment ago")
            self._next_attempt_at = now + ATTEMPT_EVERY_S

    def failed(self, error: BaseException, *, took_s: float = 0.0) -> None:
        with self._lock:
            self._is_gone = True
            self._next_attempt_at = time.monotonic() + max(ATTEMPT_EVERY_S, took_s / SHARE_OF_TIME)
        self.warn(error)

    def succeeded(self) -> None:
        if self._is_gone:
            self._is_gone = False
            logger.info("Valkey is back")

    def warn(self, error: BaseException) -> None:
        """A line a minute, however many requests fall through."""
        with self._lock:
            now = time.monotonic()
            if now - self._warned_at < WARN_EVERY_S:
                return
            self._warned_at = now
        logger.warning("Valkey can't be used, so nothing is cached: %s", error)

    @property
    def is_gone(self) -> bool:
        return self._is_gone

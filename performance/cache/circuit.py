"""What a process knows of Valkey's health: while it is away one attempt a second is made, and one warning a minute."""

import logging
import threading
import time

logger = logging.getLogger(__name__)
ATTEMPT_EVERY_S = 1.0
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

    def failed(self, error: BaseException) -> None:
        with self._lock:
            self._is_gone = True
            self._next_attempt_at = time.monotonic() + ATTEMPT_EVERY_S
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

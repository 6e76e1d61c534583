"""What one process of the installation does every so often: looking, counting, tidying.

`manage.py pump` has a thread for them, so that a slow one holds up no work; of several pumps one's thread does them.
They are named by path, and imported by that process alone.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import redis
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from performance.api.errors import DomainError
from performance.jobs.runner.threads import DATABASE_OUT

logger = logging.getLogger(__name__)
TICK_S = 0.5
STATEMENT_TIMEOUT_MS = 20_000
# A session lock goes with its connection, so with the process.
_LEAD = "SELECT pg_try_advisory_lock(hashtext('performance.jobs.duties'))"

Work = Callable[..., object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """`path` names a `def work(*, at: datetime)`. Idempotent: when another process takes over, it may run once more."""

    name: str
    every_s: float
    path: str


_duties: dict[str, Duty] = {}


def register(name: str, *, every_s: float, path: str) -> None:
    """Have the work at `path` done every `every_s` seconds, the first time when a process takes the duties over."""
    _duties[name] = Duty(name=name, every_s=every_s, path=path)


def registered() -> list[Duty]:
    return list(_duties.values())


class DutyThread(threading.Thread):
    """Does what is due, one after the other. What one raises is logged; it is done again when its time comes."""

    def __init__(self) -> None:
        super().__init__(name="duties", daemon=True)
        self._ended = threading.Event()
        self._due: dict[str, float] = {}
        # The connection that has the lock: when it was lost, so was the lock.
        self._lock_held_by: object = None

    def run(self) -> None:
        while not self._ended.wait(TICK_S):
            self.do_due(at=timezone.now())
        connection.close()

    def stop(self) -> None:
        """Have it end after the duty that it is at."""
        self._ended.set()

    def do_due(self, *, at: datetime) -> None:
        """One round, if this process may."""
        now = time.monotonic()
        due = [each for each in registered() if now >= self._due.get(each.name, 0.0)]
        if not due or not self._may():
            return
        for duty in due:
            if not self._ended.is_set():
                self._due[duty.name] = time.monotonic() + duty.every_s
                _do(duty, at=at)

    def _may(self) -> bool:
        try:
            if connection.connection is None or connection.connection is not self._lock_held_by:
                with connection.cursor() as cursor:
                    cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
                    cursor.execute(_LEAD)
                    row = cursor.fetchone()
                self._lock_held_by = connection.connection if row and row[0] else None
        except DATABASE_OUT as error:
            logger.warning("duties wait for the database: %s", error)
            connection.close()
            self._lock_held_by = None
        return self._lock_held_by is not None


def _do(duty: Duty, *, at: datetime) -> None:
    try:
        cast("Work", import_string(duty.path))(at=at)
    except (DomainError, redis.ConnectionError, redis.TimeoutError) as error:
        logger.warning("the duty %s has to wait, and is tried again in %g s: %s", duty.name, duty.every_s, error)
        connection.close_if_unusable_or_obsolete()
    except Exception:
        # The guard per duty: what one can't do must not end the others.
        logger.exception("the duty %s failed, and is done again in %g s", duty.name, duty.every_s)
        connection.close_if_unusable_or_obsolete()

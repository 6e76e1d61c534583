"""All or nothing, and again where another writer was in the way."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from performance.jobs.runner.threads import SWITCH_S

Result = TypeVar("Result")

_ATTEMPTS = 5
_IN_THE_WAY = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.ForeignKeyViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)
# Any number, the same for all who write companies by the thousand: one at a time, or they deadlock on each other.
_BULK_WRITERS = 0x41535359


def in_bulk(work: Callable[[CursorWrapper], Result]) -> Result:
    """`work` in one transaction, without time-outs; done anew when a concurrent writer had a key first."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with _many_rows(), transaction.atomic(), connection.cursor() as cursor:
                _unhurried(cursor)
                result = work(cursor)
                # Inside a caller's transaction the setting would outlast this one.
                cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
                return result
        except (DatabaseError, psycopg.Error) as error:
            if attempt == _ATTEMPTS or not _is_in_the_way(error):
                raise
    raise AssertionError("unreachable")


@contextmanager
def _many_rows() -> Iterator[None]:
    """The interpreter set for millions of rows, which are no cycles: to look for some took a fifth of an import's CPU.

    And the thread that feeds PostgreSQL gets the interpreter within half a millisecond: at Python's own 5 ms a COPY of
    a megabyte waited as long as it took.
    """
    was_on, interval_s = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(min(interval_s, SWITCH_S))
    try:
        yield
    finally:
        sys.setswitchinterval(interval_s)
        if was_on:
            gc.enable()


def lock_bulk_writers(cursor: CursorWrapper) -> None:
    """Waits until no other import is being committed. Held until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BULK_WRITERS])


def _unhurried(cursor: CursorWrapper) -> None:
    """An import may take as long as it is large; foreign keys are checked by the statement, not all at the end."""
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        cursor.execute(f"SET LOCAL {name} = 0")
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # Every statement here asks for a chunk by key. Statistics of a table that fills meanwhile say that it is empty.
    cursor.execute("SET LOCAL enable_seqscan = off")


def _is_in_the_way(error: BaseException) -> bool:
    return isinstance(error, _IN_THE_WAY) or isinstance(error.__cause__, _IN_THE_WAY)

"""What the database can't do now: which of its errors are nobody's fault here, and what the client is told of them."""

from typing import ClassVar

from django.db import OperationalError
from psycopg import errors
from psycopg_pool import PoolTimeout, TooManyRequests

from performance.api.errors import DomainError


class Outage(DomainError):
    """The database doesn't answer now."""

    status = 503
    retry_after_s: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__(retry_after_s=self.retry_after_s)


class DatabaseUnavailable(Outage):
    """The database can't be reached now; nothing was changed. Try again in a few seconds."""

    retry_after_s = 5


class DatabaseBusy(Outage):
    """All connections to the database are in use; nothing was changed. Try again in a few seconds."""


class DatabaseLocked(Outage):
    """Somebody else is changing the same rows; nothing was changed. Try again in a few seconds."""


class StatementTimeout(Outage):
    """The database took too long for this and was told to stop; nothing was changed. Ask for less at once."""

    status = 504
    retry_after_s = 30


def outage_of(error: BaseException | None) -> Outage | None:
    """What an exception says about the database's state; None where it says something about our code."""
    cause = error.__cause__ if isinstance(error, OperationalError) else error
    if isinstance(cause, PoolTimeout | TooManyRequests):
        return DatabaseBusy()
    if isinstance(cause, errors.QueryCanceled):
        return StatementTimeout()
    if isinstance(cause, errors.LockNotAvailable | errors.DeadlockDetected):
        return DatabaseLocked()
    if isinstance(cause, errors.OperationalError) and _is_of_the_connection(cause.sqlstate):
        return DatabaseUnavailable()
    return None


def _is_of_the_connection(sqlstate: str | None) -> bool:
    """None: libpq's own word, the server said nothing. 08: connection, 53: out of resources, 57P: shut down."""
    return sqlstate is None or sqlstate.startswith(("08", "53", "57P"))

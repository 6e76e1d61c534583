"""Lines into the database, chunk by chunk; where it refuses some, the others get in and those are named.

A chunk that is refused is halved, and its halves are tried by themselves: twenty statements find one culprit among a
thousand, whatever kind of constraint or trigger it is that refuses it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError, RestrictedError

from performance.bulk.errors import RowError
from performance.bulk.reading import Line

Result = TypeVar("Result")
Put = Callable[[Sequence[Line]], None]
Explain = Callable[[BaseException, Line], RowError]

_ATTEMPTS = 5
# What a row can be at fault for, a trigger's own words among it. All else is the statement's fault, or the server's.
_OF_A_ROW = (
    psycopg.IntegrityError,
    psycopg.DataError,
    psycopg.errors.RaiseException,
    ProtectedError,
    RestrictedError,
)
_IN_THE_WAY = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


def place(lines: Sequence[Line], *, put: Put, explain: Explain, chunk_size: int) -> list[RowError]:
    """Puts every line that the database takes, and says what is wrong with the others. Inside a transaction."""
    errors: list[RowError] = []
    for chunk in chunks(lines, chunk_size):
        errors += _placed(chunk, put=put, explain=explain)
    return errors


def chunks(lines: Sequence[Line], size: int) -> Iterator[list[Line]]:
    every = iter(lines)
    while chunk := list(islice(every, size)):
        yield chunk


def in_one_transaction(work: Callable[[], Result]) -> Result:
    """`work`, all or nothing; done anew where it and another writer were in each other's way. Within a caller's
    transaction that is for the caller to do.
    """
    attempts = 1 if connection.in_atomic_block else _ATTEMPTS
    for attempt in range(1, attempts + 1):
        try:
            with transaction.atomic():
                return work()
        except (DatabaseError, psycopg.Error) as error:
            if attempt == attempts or not isinstance(_refusal(error), _IN_THE_WAY):
                raise
    raise AssertionError("unreachable")


def _placed(lines: Sequence[Line], *, put: Put, explain: Explain) -> list[RowError]:
    waiting = [lines]
    errors: list[RowError] = []
    while waiting:
        part = waiting.pop()
        try:
            with transaction.atomic():
                put(part)
        except (DatabaseError, psycopg.Error) as error:
            refusal = _refusal(error)
            if not isinstance(refusal, _OF_A_ROW):
                raise
            if len(part) == 1:
                errors.append(explain(refusal, part[0]))
            else:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
    return errors


def _refusal(error: BaseException) -> BaseException:
    """psycopg's own error, which a COPY raises as it is and Django's cursor as the cause of another."""
    return error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error

"""Asking a database, ours or another: one connection, one read-only transaction, with time-outs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from django.db import connection, transaction

from performance.database.indexes.errors import DatabaseUnreachable
from performance.database.slow_queries import unwatched

# For each statement of the advisor's: the catalogue's take milliseconds.
TIMEOUT_MS = 15_000
CONNECT_TIMEOUT_S = 5
_CONFINED = f"""
SET TRANSACTION READ ONLY;
SET LOCAL statement_timeout = {TIMEOUT_MS};
SET LOCAL lock_timeout = 500
"""


class Ask(Protocol):
    """The rows of one statement. Without parameters a % in it is a %."""

    def __call__(self, sql: str, parameters: Sequence[Any] | None = None) -> Sequence[tuple[Any, ...]]: ...


@contextmanager
def own_database() -> Iterator[Ask]:
    """The application's. Rolled back at the end, so that what is set for it ends with it, in a transaction as well. Its
    own statements are neither measured nor logged.
    """
    with unwatched(connection), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CONFINED)

        def ask(sql: str, parameters: Sequence[Any] | None = None) -> Sequence[tuple[Any, ...]]:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

        yield ask
        transaction.set_rollback(True)


@contextmanager
def other_database(url: str) -> Iterator[Ask]:
    """Any PostgreSQL's, by its address. Raises DatabaseUnreachable; nothing of the address is told but the host."""
    try:
        opened = psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S, application_name="assay-advisor")
    except psycopg.Error as error:
        raise DatabaseUnreachable(f"The database can't be reached: {_without(url, str(error))}") from error
    with opened, opened.transaction(force_rollback=True), psycopg.ClientCursor(opened) as cursor:
        cursor.execute(_CONFINED.encode())

        def ask(sql: str, parameters: Sequence[Any] | None = None) -> Sequence[tuple[Any, ...]]:
            cursor.execute(sql.encode(), parameters)
            return cursor.fetchall() if cursor.description else []

        yield ask


def _without(url: str, said: str) -> str:
    """libpq repeats an address that it can't read, with its password."""
    first = said.replace(url, "…").strip().partition("\n")[0]
    return "the address isn't one of PostgreSQL" if "invalid" in first and "=" not in first else first

"""Lines into a table by COPY."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from performance.bulk.shape import DEFAULT


def names(columns: Iterable[str]) -> sql.Composed:
    """The columns as they stand in a statement, quoted."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def copy(cursor: CursorWrapper, table: str, *, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows into the columns of a table, DEFAULT where the database is to fill one in."""
    # Drawn anew each time, so that no text of anybody's is taken for it.
    default = secrets.token_hex(16)
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (DEFAULT {})").format(
        sql.Identifier(table), names(columns), sql.Literal(default)
    )
    with cursor.copy(statement) as copying:
        write = copying.write_row
        for row in rows:
            write([default if value is DEFAULT else value for value in row] if DEFAULT in row else row)

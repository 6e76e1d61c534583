"""Rows on their way between a table and a file, in temporary tables that end with the transaction.

Written as PostgreSQL's own CSV: each value as its type's text, NULL apart from "", which reads back to the same value
whatever its type. JSON wouldn't: it has one null for SQL's and JSON's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import zstandard
from django.db import connection
from django.db.backends.utils import CursorWrapper

from performance.database.archival.tree import Column, quoted

LEVEL = 9
# Texts of values must not depend on who writes or reads them.
SESSION = """
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL lock_timeout = '2s'
"""
# Of each row 64 bits of SHA-256, as a signed number; their sum is the same in any order, and in any release of
# PostgreSQL, whose own hash functions may change.
_CHECKSUM = """
SELECT count(*), coalesce(sum(('x' || substr(encode(sha256(convert_to(s::text, 'UTF8')), 'hex'), 1, 16))
    ::bit(64)::bigint), 0)::text
FROM {table} s
"""


def make_table(cursor: CursorWrapper, name: str, columns: Sequence[Column]) -> str:
    """An empty temporary table; its name as it stands in a statement."""
    table = f"pg_temp.{quoted(name)}"
    listed = ", ".join(f"{quoted(column.name)} {column.type}" for column in columns)
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(f"CREATE TEMP TABLE {quoted(name)} ({listed}) ON COMMIT DROP")
    return table


def checksum(cursor: CursorWrapper, table: str) -> tuple[int, str]:
    """How many rows a table of ours has, and what they come to in any order."""
    cursor.execute(_CHECKSUM.format(table=table))
    rows, total = cursor.fetchone()
    return int(rows), str(total)


@dataclass(frozen=True, slots=True)
class Packed:
    """Compressed CSV, and how many bytes it is when it isn't compressed."""

    pieces: Sequence[bytes]
    raw_bytes: int


def packed(cursor: CursorWrapper, table: str) -> Packed:
    """A table's rows, in memory: what stores them needs the connection, which COPY has until its end."""
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compressobj()
    pieces, raw_bytes = [], 0
    with connection.wrap_database_errors, cursor.copy(f"COPY {table} TO STDOUT (FORMAT csv, ENCODING 'UTF8')") as copy:
        for piece in copy:
            raw_bytes += len(piece)
            pieces.append(compressor.compress(bytes(piece)))
    return Packed([*pieces, compressor.flush()], raw_bytes)


def read_into(cursor: CursorWrapper, table: str, *, pieces: Iterable[bytes]) -> None:
    """Compressed CSV into a table with its columns. Raises DataError where a value doesn't fit its type."""
    # Before COPY has the connection, which they may come by.
    waiting = list(pieces)
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    with connection.wrap_database_errors, cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, ENCODING 'UTF8')") as copy:
        for piece in waiting:
            copy.write(decompressor.decompress(piece))

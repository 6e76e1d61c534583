"""Rows on their way between a table and a file, in temporary tables that end with the transaction.

Written as PostgreSQL's own CSV: each value as its type's text, NULL apart from "", which reads back to the same value
whatever its type. JSON wouldn't: it has one null for SQL's and JSON's.
"""

from collections.abc import Iterable, Iterator, Sequence

import zstandard
from django.db.backends.utils import CursorWrapper

from performance.database.archival.tree import Column, quoted

LEVEL = 9
READ_BYTES = 256 * 1024
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


class Writer:
    """A table's rows as compressed CSV; `raw_bytes` afterwards. The compressed chunk is in memory, the rows are not."""

    def __init__(self, cursor: CursorWrapper, table: str) -> None:
        self._cursor = cursor
        self._table = table
        self.raw_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compressobj()
        with self._cursor.copy(f"COPY {self._table} TO STDOUT (FORMAT csv, ENCODING 'UTF8')") as copy:
            for piece in copy:
                self.raw_bytes += len(piece)
                if made := compressor.compress(bytes(piece)):
                    yield made
        yield compressor.flush()


def read_into(cursor: CursorWrapper, table: str, *, pieces: Iterable[bytes]) -> None:
    """Compressed CSV into a table with its columns. Raises psycopg's DataError where a value doesn't fit its type."""
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, ENCODING 'UTF8')") as copy:
        for piece in pieces:
            copy.write(decompressor.decompress(piece))

"""What plain COPY takes for rows that are stored, in their place: the yardstick of bulk writes."""

import time
from typing import Any

from django.db import connection, transaction

_BLOCK = 4_194_304


def copied_anew_s(within: dict[str, str]) -> float:
    """Seconds, of the rows for which each table's condition holds. A table stands after those that its rows name."""
    with connection.cursor() as cursor:
        kept = {table: _out(cursor, table, where=where) for table, where in within.items()}
        with transaction.atomic():
            for table in reversed(within):
                cursor.execute(f"DELETE FROM {table} WHERE {within[table]}")  # noqa: S608 - the benchmark's own
        for table in within:
            cursor.execute(f"VACUUM ANALYZE {table}")
        return _copied_s(cursor, kept)


def _copied_s(cursor: Any, kept: dict[str, list[bytes]]) -> float:
    began = time.perf_counter()
    with transaction.atomic():
        for table, lines in kept.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for block in lines:
                    copy.write(block)
    return time.perf_counter() - began


def _out(cursor: Any, table: str, *, where: str) -> list[bytes]:
    query = f"COPY (SELECT * FROM {table} WHERE {where} ORDER BY ctid) TO STDOUT"  # noqa: S608 - the benchmark's own
    with cursor.copy(query) as copy:
        content = b"".join(map(bytes, copy))
    return [content[start : start + _BLOCK] for start in range(0, len(content), _BLOCK)]

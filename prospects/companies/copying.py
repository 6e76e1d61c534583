"""Rows into a table by COPY in its text format, written here since that is several times as fast as the driver's."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db.backends.utils import CursorWrapper

_BLOCK = 1000
# Stands for NULL: nothing that is kept consists of this control character alone.
_NULL = "\x01"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(cursor: CursorWrapper, target: str, rows: Iterable[Iterable[Any]]) -> None:
    """`target` is "table (columns)". None is NULL; anything else goes over as its text. Nothing is sent for no rows."""
    every = iter(rows)
    block = list(islice(every, _BLOCK))
    if not block:
        return
    with cursor.copy(f"COPY {target} FROM STDIN WITH (NULL E'\\x01')") as copy:
        while block:
            copy.write("".join(map(_line, block)))
            block = list(islice(every, _BLOCK))


def _line(row: Iterable[Any]) -> str:
    fields = [_NULL if value is None else value if value.__class__ is str else str(value) for value in row]
    line = "\t".join(fields)
    if "\n" in line or "\r" in line or line.count("\t") >= len(fields):
        line = "\t".join([field.translate(_ESCAPES) for field in fields])
    elif "\\" in line:
        line = line.replace("\\", "\\\\")
    return line + "\n"

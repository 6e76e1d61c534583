"""The rows of a file into ImportRow, by one COPY."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

import orjson
from django.db.backends.utils import CursorWrapper

from prospects.intake.errors import TooLarge
from prospects.intake.limits import MAX_ROWS
from prospects.intake.readers.table import Row

_BLOCK = 500


def copy_rows(
    cursor: CursorWrapper, import_id: int, *, sample: list[Row], rows: Iterator[Row], progress: Callable[[int], None]
) -> int:
    """Writes all rows and returns how many. Raises TooLarge, and what reading raises."""
    done = 0
    every = chain(sample, rows)
    with cursor.copy("COPY prospects_importrow (import_id, line, raw) FROM STDIN") as copy:
        while block := list(islice(every, _BLOCK)):
            copy.write(_lines(import_id, block))
            done += len(block)
            if done > MAX_ROWS:
                raise TooLarge(f"The file has more than {MAX_ROWS:,} rows; split it.")
            if done % (20 * _BLOCK) == 0:
                progress(done)
    return done


def _lines(import_id: int, rows: Iterable[Row]) -> bytes:
    """COPY's text format. JSON has no raw tabs or line ends; only its backslashes need one more."""
    return b"".join(
        b"%d\t%d\t%b\n" % (import_id, line, orjson.dumps(cells).replace(b"\\", b"\\\\")) for line, cells in rows
    )

"""Any table as a file: CSV, XLSX, JSON Lines and JSON, each a stream of bytes."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, Protocol, TypeVar

import orjson
import xlsxwriter

from prospects.exports.errors import TooManyRows, UnknownFormat

BLOCK = 256 * 1024
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
    "json": "application/json",
}
# Excel's own limits.
MOST_ROWS = 1_048_575
MOST_CHARACTERS = 32_767

Row = TypeVar("Row")
Cell = str | int


class Table(Protocol[Row]):
    """Rows, each read anew by `rows`, and how a row is written: as cells under `header`, or as all that is known.

    Cells that others wrote are guarded against being taken for formulas.
    """

    @property
    def widths(self) -> Mapping[str, int]:
        """Of columns in a workbook, in characters; of others it is 18."""
        ...

    def header(self) -> Sequence[str]: ...

    def rows(self) -> Iterator[Row]: ...

    def cells(self, row: Row) -> Sequence[Cell]: ...

    def as_json(self, row: Row) -> Mapping[str, Any]: ...


def chunks(table: Table[Any], format: str) -> Iterator[bytes]:
    """The file in pieces of about 256 kB. Raises UnknownFormat at once, TooManyRows while XLSX is written."""
    if format not in _WRITERS:
        raise UnknownFormat(format, list(_WRITERS))
    return _WRITERS[format](table)


def _csv(table: Table[Any]) -> Iterator[bytes]:
    def lines() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(table.header())
        for row in table.rows():
            writer.writerow(table.cells(row))
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
        yield buffer.getvalue()

    return _blocks(line.encode() for line in lines())


def _jsonl(table: Table[Any]) -> Iterator[bytes]:
    return _blocks(orjson.dumps(table.as_json(row)) + b"\n" for row in table.rows())


def _json(table: Table[Any]) -> Iterator[bytes]:
    def pieces() -> Iterator[bytes]:
        yield b"["
        for number, row in enumerate(table.rows()):
            yield (b",\n" if number else b"\n") + orjson.dumps(table.as_json(row))
        yield b"\n]\n"

    return _blocks(pieces())


def _xlsx(table: Table[Any]) -> Iterator[bytes]:
    """Written to a temporary file first: a zip's directory comes last."""
    with tempfile.TemporaryFile() as file:
        _fill(file, table)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block


def _fill(file: IO[bytes], table: Table[Any]) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Results")
        bold = book.add_format({"bold": True, "bottom": 1})
        names = table.header()
        for column, name in enumerate(names):
            sheet.set_column(column, column, table.widths.get(name, 18))
            sheet.write_string(0, column, name, bold)
        sheet.freeze_panes(1, 2)
        last = 0
        for last, row in enumerate(table.rows(), 1):
            if last > MOST_ROWS:
                raise TooManyRows
            _write_row(sheet, last, table.cells(row))
        sheet.autofilter(0, 0, last, len(names) - 1)


def _write_row(sheet: Any, line: int, values: Iterable[Cell]) -> None:
    for column, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(line, column, value)
        elif value:
            sheet.write_string(line, column, value[:MOST_CHARACTERS])


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at least 256 kB, but for the last."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= BLOCK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


_WRITERS: Mapping[str, Callable[[Table[Any]], Iterator[bytes]]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "jsonl": _jsonl,
    "json": _json,
}

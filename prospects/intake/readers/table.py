"""Opens a file as a table: headers, and rows of text."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

from prospects.companies.normalise.formula import unguard
from prospects.companies.normalise.text import is_storable, one_line, storable
from prospects.intake.errors import EmptyFile, TooManyColumns, UnreadableFile
from prospects.intake.limits import MAX_COLUMNS
from prospects.intake.readers.delimited import delimited_rows
from prospects.intake.readers.headerless import lacks_header
from prospects.intake.readers.json_lines import json_rows
from prospects.intake.readers.workbook import workbook_rows

Row = tuple[int, list[str]]

# Rows below the first by which it is told from headers.
_LOOKED_AT = 50

_SIGNATURES = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel (.xls) or encrypted workbook; save it as .xlsx without a password",
    b"\x1f\x8b": "compressed with gzip; unpack it first",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format": "a SQLite database",
    b"PAR1": "a Parquet file; save it as CSV",
    b"{\\rtf": "a text document; save it as CSV",
}


@dataclass(slots=True)
class Table:
    """A table in a file. `rows` yields (line in the file, cells); it can be read once, and raises IntakeError.

    Where the file `has_headers` not, they are the columns' numbers.
    """

    format: str
    headers: list[str]
    rows: Iterator[Row]
    has_headers: bool = True


def open_table(file: BinaryIO, *, name: str = "") -> Table:
    """The table in `file`, its format told by the content, not by the name.

    Cells are text: NULs and lone surrogates are gone, a guarded formula is as it was. The first row that isn't empty
    holds the headers, unless it is a company already: then the columns are called by their numbers.

    Raises EmptyFile, UnreadableFile, TooManyColumns, TooLarge.
    """
    start = file.read(4096)
    file.seek(0)
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise EmptyFile(f"{name or 'The file'} is empty.")
    for signature, what in _SIGNATURES.items():
        if start.startswith(signature):
            raise UnreadableFile(f"{name or 'The file'} is {what}; CSV, XLSX and JSON Lines can be imported.")
    if start.startswith(b"PK"):
        return _with_headers("xlsx", workbook_rows(file))
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        headers, rows = json_rows(file)
        return Table("jsonl", _unique(headers), _cleaned(rows))
    return _with_headers("csv", delimited_rows(file))


def _with_headers(format: str, rows: Iterator[Row]) -> Table:
    cleaned = _cleaned(rows)
    first = next(cleaned, None)
    if first is None:
        raise EmptyFile("The file holds no rows.")
    below = list(islice(cleaned, _LOOKED_AT))
    if lacks_header(first[1], [cells for _, cells in below]):
        width = max(len(cells) for _, cells in [first, *below])
        return Table(format, _unique([""] * width), chain([first], below, cleaned), has_headers=False)
    if not below:
        raise EmptyFile("The file has a header, but no rows below it.")
    return Table(format, _unique(first[1]), chain(below, cleaned))


def _cleaned(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows with something in them, each cell as PostgreSQL can keep it, empty cells at the end cut off."""
    for line, cells in rows:
        if len(cells) > MAX_COLUMNS:
            cells = _without_trailing(cells)
        if len(cells) > MAX_COLUMNS:
            raise TooManyColumns(f"Line {line} has {len(cells):,} columns; at most {MAX_COLUMNS} can be imported.")
        # Asked of the whole row first: most have none of what follows.
        text = "".join(cells)
        if not is_storable(text):
            cells = list(map(storable, cells))
            text = "".join(cells)
        if "'" in text:
            cells = list(map(unguard, cells))
        if text and not text.isspace():
            yield line, _without_trailing(cells) if not cells[-1] else cells


def _without_trailing(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end] if end < len(cells) else cells


def _unique(headers: list[str]) -> list[str]:
    """Headers on one line, named by position where empty, numbered where one comes twice."""
    seen: dict[str, int] = {}
    unique: list[str] = []
    for position, header in enumerate(headers, start=1):
        plain = one_line(header)[:200] or f"column {position}"
        seen[plain] = seen.get(plain, 0) + 1
        name = plain if seen[plain] == 1 else f"{plain} ({seen[plain]})"
        while name in unique:
            seen[plain] += 1
            name = f"{plain} ({seen[plain]})"
        unique.append(name)
    return unique

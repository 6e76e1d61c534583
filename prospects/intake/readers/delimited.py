"""CSV and its relatives: encoding, delimiter and quoting are found out; rows are streamed."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO, Protocol, TextIO

from prospects.intake.errors import TooLarge, TooManyColumns, UnreadableFile
from prospects.intake.limits import MAX_CELL, MAX_COLUMNS, MAX_LINE, SAMPLE_BYTES
from prospects.intake.readers.encoding import encoding_of

csv.field_size_limit(MAX_CELL)

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 100
# A line behind the last one: where it is no record of its own, a quote is still open.
_END = "\x00end\x00"


class Reader(Protocol):
    """What `csv.reader` returns: records, and the number of the last line read."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a line are parted."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None


def delimited_rows(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every record. Raises TooLarge, TooManyColumns and UnreadableFile."""
    encoding = encoding_of(file)
    text = TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        dialect = dialect_of(text.read(SAMPLE_BYTES))
        file.seek(0)
        # A wrapper of its own: the decoder of the first is somewhere in the sample.
        text.detach()
        text = TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        yield from _records(text, dialect)
    finally:
        text.detach()


def dialect_of(sample: str) -> Dialect:
    """The dialect in which the sample's records have the most alike number of cells, and the more cells the better."""
    first = sample.split("\n", 1)[0].strip().lower()
    escape = "\\" if '\\"' in sample and '""' not in sample else None
    quote = "'" if '"' not in sample and _is_quoted_by_apostrophes(sample) else '"'
    if first.startswith("sep=") and len(first) == 5:
        return Dialect(first[4], quote, escape)
    if first == "sep=":  # "sep=<tab>", stripped
        return Dialect("\t", quote, escape)
    dialects = [Dialect(delimiter, quote, escape) for delimiter in _DELIMITERS]
    return max(dialects, key=lambda dialect: _consistency(sample, dialect))


def _consistency(sample: str, dialect: Dialect) -> float:
    lines = sample.splitlines(keepends=True)
    # The last line may be cut off.
    reader = _reader(iter(lines[:-1] or lines), dialect)
    widths: Counter[int] = Counter()
    try:
        for _, cells in zip(range(_SAMPLE_RECORDS), reader, strict=False):
            widths[len(cells)] += bool(cells)
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    width, times = widths.most_common(1)[0]
    return times / widths.total() + min(width, 20) / 100 if width > 1 else 0.0


def _is_quoted_by_apostrophes(sample: str) -> bool:
    lines = [line for line in sample.splitlines()[:20] if line]
    quoted = sum(line.startswith("'") and line.rstrip().endswith("'") for line in lines)
    return bool(lines) and quoted >= 0.8 * len(lines)


def _records(text: TextIO, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    reader = _reader(_bounded_lines(text, dialect.delimiter), dialect)
    line = 1
    try:
        for cells in reader:
            if cells and cells[-1].endswith(_END):
                _require_closed(cells, line)
                return
            if not (line == 1 and len(cells) <= 2 and cells and cells[0].lower().startswith("sep=")):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise TooLarge(
            f"Line {line} has a cell of more than {MAX_CELL:,} characters; perhaps its quote is never closed."
        ) from error


def _require_closed(cells: list[str], line: int) -> None:
    """All behind an open quote is one cell, which would swallow the companies in it."""
    if cells != [_END]:
        raise UnreadableFile(
            f"Line {line} opens a quote that is never closed: close it, or write it twice in quotes if it belongs to "
            "the text."
        )


def _reader(lines: Iterator[str], dialect: Dialect) -> "Reader":
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape,
        doublequote=dialect.escape is None,
        skipinitialspace=dialect.delimiter != "\t",
        strict=False,
    )


def _bounded_lines(text: TextIO, delimiter: str) -> Iterator[str]:
    """Lines of at most MAX_LINE characters: readline alone would take a file without line ends whole."""
    number = 0
    while line := text.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and not line.endswith("\n"):
            if line.count(delimiter) > MAX_COLUMNS:
                raise TooManyColumns(
                    f"Line {number} has more than {line.count(delimiter):,} columns; at most {MAX_COLUMNS} "
                    "can be imported."
                )
            raise TooLarge(f"Line {number} is longer than {MAX_LINE:,} characters.")
        yield line
    yield _END

"""Results as files: CSV, XLSX, JSON Lines and JSON, each a stream of bytes."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import orjson
import xlsxwriter

from prospects.companies.normalise.formula import guard
from prospects.exports.errors import TooManyRows, UnknownFormat
from prospects.exports.results import ResultRow, Results

BLOCK = 256 * 1024
COLUMNS = ("rank", "name", "domain", "score", "fit", "qualifier", "recommendation", "reasoning")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
    "json": "application/json",
}
WIDTHS = {"rank": 6, "name": 30, "domain": 24, "score": 7, "fit": 11, "qualifier": 15, "recommendation": 60}
# Excel's own limits.
MOST_ROWS = 1_048_575
MOST_CHARACTERS = 32_767


def chunks(results: Results, format: str) -> Iterator[bytes]:
    """The file in pieces of about 256 kB. Raises UnknownFormat at once, TooManyRows while XLSX is written."""
    if format not in _WRITERS:
        raise UnknownFormat(format, list(_WRITERS))
    return _WRITERS[format](results)


def header(results: Results) -> list[str]:
    """The first line of CSV and XLSX."""
    criteria = (f"criterion:{label}" for label in results.criteria)
    return [*COLUMNS, *criteria, *(f"original:{name}" for name in results.headers)]


def as_json(row: ResultRow, *, headers: Sequence[str]) -> dict[str, Any]:
    """All that is known of a result, as JSON Lines and JSON say it."""
    return {
        "rank": row.rank,
        "prospect_id": row.prospect_id,
        "name": row.name,
        "person": row.person or None,
        "domain": row.domain,
        "score": row.score,
        "fit": row.fit or None,
        "qualifier": row.qualifier or None,
        "model": row.model or None,
        "recommendation": row.recommendation,
        "reasoning": row.reasoning,
        "gaps": row.gaps,
        "verdicts": row.verdicts,
        "override": {"own_score": row.own_score, "reason": row.override_reason} if row.override_reason else None,
        "fallback_reason": row.fallback_reason or None,
        "original": dict(zip(headers, row.originals, strict=True)),
    }


def _values(row: ResultRow, *, criteria: int) -> list[str | int]:
    """The cells of a line, as CSV and XLSX have them; a prospect without a verdict has none for the criteria."""
    outcomes = [verdict["outcome"] for verdict in row.verdicts] or [""] * criteria
    score = "" if row.score is None else row.score
    first = (row.rank, guard(row.name), guard(row.domain), score, row.fit, row.qualifier)
    return [*first, guard(row.recommendation), guard(row.reasoning), *outcomes, *map(guard, row.originals)]


def _csv(results: Results) -> Iterator[bytes]:
    def lines() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(header(results))
        for row in results.rows():
            writer.writerow(_values(row, criteria=len(results.criteria)))
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
        yield buffer.getvalue()

    return _blocks(line.encode() for line in lines())


def _jsonl(results: Results) -> Iterator[bytes]:
    return _blocks(orjson.dumps(as_json(row, headers=results.headers)) + b"\n" for row in results.rows())


def _json(results: Results) -> Iterator[bytes]:
    def pieces() -> Iterator[bytes]:
        yield b"["
        for row in results.rows():
            yield (b",\n" if row.rank > 1 else b"\n") + orjson.dumps(as_json(row, headers=results.headers))
        yield b"\n]\n"

    return _blocks(pieces())


def _xlsx(results: Results) -> Iterator[bytes]:
    """Written to a temporary file first: a zip's directory comes last."""
    with tempfile.TemporaryFile() as file:
        _fill(file, results)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block


def _fill(file: IO[bytes], results: Results) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Results")
        bold = book.add_format({"bold": True, "bottom": 1})
        names = header(results)
        for column, name in enumerate(names):
            sheet.set_column(column, column, WIDTHS.get(name, 18))
            sheet.write_string(0, column, name, bold)
        sheet.freeze_panes(1, 2)
        last = 0
        for row in results.rows():
            last = row.rank
            if last > MOST_ROWS:
                raise TooManyRows
            _write_row(sheet, last, _values(row, criteria=len(results.criteria)))
        sheet.autofilter(0, 0, last, len(names) - 1)


def _write_row(sheet: Any, line: int, values: Iterable[str | int]) -> None:
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


_WRITERS: Mapping[str, Callable[[Results], Iterator[bytes]]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "jsonl": _jsonl,
    "json": _json,
}

"""JSON Lines: an object a line. The headers are the keys of all objects, in the order of their first appearance."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from prospects.intake.errors import EmptyFile, TooLarge, TooManyColumns, UnreadableFile
from prospects.intake.limits import MAX_COLUMNS, MAX_LINE


def json_rows(file: BinaryIO) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Headers and rows. The file is read twice, since a key may appear first in its last line."""
    headers: dict[str, int] = {}
    for line, record in _objects(file):
        for key in record:
            headers.setdefault(key, len(headers))
        if len(headers) > MAX_COLUMNS:
            raise TooManyColumns(f"By line {line} there are more than {MAX_COLUMNS} different keys.")
    if not headers:
        raise EmptyFile("The file holds no rows.")
    return list(headers), _rows(file, headers)


def _rows(file: BinaryIO, headers: dict[str, int]) -> Iterator[tuple[int, list[str]]]:
    for line, record in _objects(file):
        cells = [""] * len(headers)
        try:
            for key, value in record.items():
                cells[headers[key]] = _text(value)
        except orjson.JSONEncodeError as error:  # what can be read to a depth of 1,024 is written to 254
            raise UnreadableFile(f"Line {line} is nested too deeply for a row of a table.") from error
        yield line, cells


def _objects(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    file.seek(0)
    number = 0
    while text := file.readline(MAX_LINE):
        number += 1
        if len(text) == MAX_LINE and not text.endswith(b"\n"):
            raise TooLarge(f"Line {number} is longer than {MAX_LINE:,} bytes.")
        text = text.removeprefix(b"\xef\xbb\xbf").strip()
        if text:
            yield number, _object(text, number)


def _object(text: bytes, number: int) -> dict[str, Any]:
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableFile(
            f"Line {number} is not JSON ({error.msg}); a JSON Lines file holds one object a line."
        ) from error
    if not isinstance(record, dict):
        raise UnreadableFile(f"Line {number} is no JSON object; a JSON Lines file holds one object a line.")
    return record


def _text(value: Any) -> str:
    """A value as the text of a cell: lists joined by "; ", objects as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case list() if all(isinstance(item, str | int | float) for item in value):
            return "; ".join(map(_text, value))
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return orjson.dumps(value).decode()

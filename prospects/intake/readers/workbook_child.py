"""Prints the rows of a workbook as JSON lines. Run on its own, under limits of its own; imports nothing of Assay.

Its arguments: the path, and the most bytes of memory, seconds of CPU, columns, and characters of a row. What it refuses
ends it with 3 (columns) or 4 (characters) and a sentence.
"""

import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

import orjson
from python_calamine import CalamineSheet, CalamineWorkbook

TOO_MANY_COLUMNS, TOO_LARGE = 3, 4


def text(value: Any) -> str:
    """A cell as a person sees it: whole numbers without ".0", dates as ISO."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | datetime() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def main(path: str, *, columns: int, characters: int) -> None:
    with CalamineWorkbook.from_path(path) as workbook:
        # A title page in front has one row; so may a list, where there is nothing longer.
        for least in (2, 1):
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                if sheet.height >= least:
                    print_rows(sheet, columns=columns, characters=characters)
                    return


def print_rows(sheet: CalamineSheet, *, columns: int, characters: int) -> None:
    # The width is known before a row is made; a single one can be 16,384 cells of 32,767 characters.
    if sheet.width > columns:
        refuse(TOO_MANY_COLUMNS, f"The sheet has {sheet.width:,} columns; at most {columns:,} can be imported.")
    first = (sheet.start or (0, 0))[0] + 1
    for line, row in enumerate(sheet.iter_rows(), start=first):
        cells = [text(value) for value in row]
        if sum(map(len, cells)) > characters:
            refuse(TOO_LARGE, f"Line {line} is longer than {characters:,} characters.")
        sys.stdout.buffer.write(orjson.dumps([line, cells]) + b"\n")


def refuse(status: int, sentence: str) -> NoReturn:
    sys.stderr.write(sentence)
    sys.exit(status)


def limit(*, memory: int, cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))


if __name__ == "__main__":
    _memory, _cpu_s, _columns, _characters = map(int, sys.argv[2:])
    limit(memory=_memory, cpu_s=_cpu_s)
    main(sys.argv[1], columns=_columns, characters=_characters)

"""Prints the rows of a workbook as JSON lines. Run on its own, under limits of its own; imports nothing of Assay."""

import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson
from python_calamine import CalamineWorkbook

MEMORY, CPU_S = 2_147_483_648, 120


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


def main(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    with CalamineWorkbook.from_path(path) as workbook:
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if not sheet.height:
                continue
            first = (sheet.start or (0, 0))[0] + 1
            for line, row in enumerate(sheet.iter_rows(), start=first):
                sys.stdout.buffer.write(orjson.dumps([line, [text(value) for value in row]]) + b"\n")
            return


if __name__ == "__main__":
    main(sys.argv[1])

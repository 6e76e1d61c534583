"""Small steps that the tests of imports share."""

import io
from typing import Any

from openpyxl import Workbook

from prospects.intake import services
from prospects.intake.models import Import
from prospects.intake.readers import open_table


def csv_bytes(*lines: str, encoding: str = "utf-8") -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def parsed(content: bytes, *, name: str = "companies.csv", source: str = "", owner: Any = None) -> Import:
    run = services.receive(name=name, chunks=[content], source=source, owner=owner)
    return services.parse(run.pk)


def imported(content: bytes, **options: Any) -> Import:
    return services.commit(parsed(content, **options).pk)


def counts(run: Import) -> tuple[int, int, int, int]:
    """Created, updated, skipped, refused."""
    return run.created_count, run.updated_count, run.skipped_count, run.refused_count


def table(content: bytes) -> tuple[list[str], list[list[str]]]:
    opened = open_table(io.BytesIO(content))
    return opened.headers, [cells for _, cells in opened.rows]


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()

"""Queries from a file: CSV, XLSX or JSON Lines; the column "query" (or one that is called alike), or the only one."""

from itertools import islice
from typing import BinaryIO

from prospects.intake.readers import open_table
from prospects.search.errors import NoQueries

MOST_QUERIES = 100_000
NAMES = ("query", "queries", "search", "q", "keyword", "keywords", "name", "company", "company name")


def queries_in(file: BinaryIO, *, name: str = "") -> list[str]:
    """The texts in order. Raises NoQueries, and IntakeError for a file that can't be read."""
    table = open_table(file, name=name)
    headers = [header.strip().lower() for header in table.headers]
    known = next((headers.index(each) for each in NAMES if each in headers), None)
    if known is None and len(headers) > 1:
        raise NoQueries(f"No column of {name or 'the file'} is called query; it has {', '.join(table.headers[:10])}.")
    at = known or 0
    # One more than a session takes, so that too many are told as such.
    found = [cells[at].strip() for _, cells in islice(table.rows, MOST_QUERIES + 1) if len(cells) > at]
    # A list without a header begins with a query.
    first = [table.headers[0]] if known is None and table.has_headers else []
    return [text for text in first + found if text]

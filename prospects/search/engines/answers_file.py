"""A file of answers as an engine: a table with the columns query, title, url, snippet; a row for each result, in order.

For installations that may not ask the web, for lists bought elsewhere, and for tests of one's own.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from performance.api.errors import DomainError
from performance.outbound.client import Outbound
from prospects.intake.readers import open_table
from prospects.search.engines.hits import hits_of
from prospects.search.errors import EngineDown, EngineRefused
from prospects.search.hits import Hit, Query

COLUMNS = ("query", "title", "url", "snippet")
Answers = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """Free; knows nothing of countries and languages. A question that the file hasn't is answered with nothing."""

    path: str
    name: str = "file"
    cost_micros: int = 0

    async def ask(self, query: Query, *, http: Outbound) -> Sequence[Hit]:
        answers = await asyncio.to_thread(_current, self.path)
        return hits_of(answers.get(_folded(query.text), []), url="url", snippet="snippet", most=query.most)


def _current(path: str) -> Answers:
    try:
        changed_ns = Path(path).stat().st_mtime_ns
        return _read(path, changed_ns)
    except OSError as error:
        raise EngineDown(f"SEARCH_FILE can't be read: {error.strerror}.") from error
    except DomainError as error:
        raise EngineRefused(f"SEARCH_FILE can't be read: {error}") from error


@lru_cache(maxsize=1)
def _read(path: str, changed_ns: int) -> Answers:
    """By the folded query. `changed_ns` is part of the cache's key: a changed file is read anew."""
    answers: dict[str, list[dict[str, str]]] = {}
    table = open_table(BytesIO(Path(path).read_bytes()), name="SEARCH_FILE")
    headers, rows = [header.strip().lower() for header in table.headers], list(table.rows)
    if not {"query", "url"} <= set(headers):
        raise EngineRefused("SEARCH_FILE needs the columns query and url, and may have title and snippet.")
    for _, cells in rows:
        row = {name: cell for name, cell in zip(headers, cells, strict=False) if name in COLUMNS}
        answers.setdefault(_folded(row.get("query", "")), []).append(row)
    return answers


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()

"""The planner's own price, with indexes that don't exist: hypopg, where the server has it. Nothing is executed."""

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import DatabaseError

from performance.database.indexes.asking import Ask
from performance.database.indexes.definitions import create_sql
from performance.database.indexes.pricing import Asked, Heuristic
from performance.database.indexes.shapes import Candidate

METHOD = "hypothetical"
_TYPED = re.compile(r"\b(interval|date|time|timestamp|timestamptz)\s+(\$\d+)", re.IGNORECASE)

_EXTENSION = """
SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'hypopg'
"""


@dataclass(slots=True)
class Hypothetical:
    """EXPLAIN's cost of the generic plan. What can't be planned so, or was run by somebody else, has the heuristic's:
    planning runs immutable functions and views as whoever asks, so only one's own statements are planned.
    """

    ask: Ask
    schema: str
    heuristic: Heuristic
    method: str = METHOD
    unplanned: set[int] = field(default_factory=set)
    _made: frozenset[Candidate] | None = None
    _known: dict[tuple[int, frozenset[Candidate]], float] = field(default_factory=dict)

    def price(self, asked: Asked, extra: frozenset[Candidate]) -> float:
        extra = frozenset(candidate for candidate in extra if candidate.table in asked.tables)
        key = asked.statement.id, extra
        if key not in self._known:
            self._known[key] = self._priced(asked, extra)
        return self._known[key]

    def _priced(self, asked: Asked, extra: frozenset[Candidate]) -> float:
        if not asked.statement.is_own or asked.statement.id in self.unplanned:
            return self.heuristic.price(asked, extra)
        try:
            self.ask("SAVEPOINT assay_hypothetical")
            self._make(extra)
            cost = _cost(self.ask(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {_plannable(asked.statement.text)}"))
            self.ask("RELEASE SAVEPOINT assay_hypothetical")
        except (DatabaseError, psycopg.Error):
            self.ask("ROLLBACK TO SAVEPOINT assay_hypothetical")
            self.unplanned.add(asked.statement.id)
            self._known = {key: cost for key, cost in self._known.items() if key[0] != asked.statement.id}
            return self.heuristic.price(asked, extra)
        return cost

    def _make(self, wanted: frozenset[Candidate]) -> None:
        if wanted == self._made:
            return
        # Unknown, until all of them are made.
        self._made = None
        self.ask(f"SELECT {self.schema}.hypopg_reset()")
        for candidate in wanted:
            self.ask(f"SELECT {self.schema}.hypopg_create_index(%s)", [create_sql(candidate)])
        self._made = wanted


@contextmanager
def hypothetical(ask: Ask, heuristic: Heuristic) -> Iterator[Hypothetical | None]:
    """None where the server has no hypopg. What it made is forgotten at the end: it lives as long as the connection."""
    found = ask(_EXTENSION)
    if not found:
        yield None
        return
    schema = '"{}"'.format(str(found[0][0]).replace('"', '""'))
    ask("SAVEPOINT assay_advice")
    try:
        yield Hypothetical(ask, schema, heuristic)
    finally:
        # Also where something failed: nothing else is heard in a transaction then. A lost connection forgot by itself.
        with suppress(DatabaseError, psycopg.OperationalError):
            ask("ROLLBACK TO SAVEPOINT assay_advice")
            ask(f"SELECT {schema}.hypopg_reset()")


def _plannable(text: str) -> str:
    """`interval '1 day'` stands as `interval $1`, which isn't SQL."""
    return _TYPED.sub(r"\2::\1", text)


def _cost(rows: Sequence[tuple[Any, ...]]) -> float:
    return float(rows[0][0][0]["Plan"]["Total Cost"]) if rows else math.inf

"""What each statement of the workload costs with which indexes: the heuristic's price."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

from performance.database.indexes.costs import Question, cost, share_of
from performance.database.indexes.keys import as_index
from performance.database.indexes.shapes import Access, Candidate, Catalog, Index, Name, Reading, Role, Statement, Table

# Where a statement says LIMIT $1, and found nothing that would tell how many that are.
LIMIT_ROWS = 50.0
# A unit of cost where nothing dear was asked; dear is a scan of some thousand rows.
UNIT_MS, DEAR = 0.005, 100.0
# How much a count of rows may bend what the planner would think.
BENT = (0.05, 8.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement and what it asks."""

    statement: Statement
    reading: Reading

    @property
    def tables(self) -> frozenset[Name]:
        return frozenset(access.table for access in self.reading.accesses)


class Pricing(Protocol):
    """Costs of statements, in the planner's units. `method` is how they are known."""

    method: str

    def price(self, asked: Asked, extra: frozenset[Candidate]) -> float:
        """With these indexes besides those that are there. Infinite where it can't be told."""
        ...


@dataclass(slots=True)
class Heuristic:
    """By `costs`, from the statistics alone."""

    catalog: Catalog
    method: str = "heuristic"
    _known: dict[tuple[int, int, frozenset[Candidate]], float] = field(default_factory=dict)
    _questions: dict[int, Sequence[Question]] = field(default_factory=dict)

    def price(self, asked: Asked, extra: frozenset[Candidate]) -> float:
        return sum(self._priced(asked, question, extra) for question in self._of(asked))

    def _priced(self, asked: Asked, question: Question, extra: frozenset[Candidate]) -> float:
        """An access's cost is that of its table's indexes alone."""
        own = frozenset(candidate for candidate in extra if candidate.table == question.table.name)
        key = asked.statement.id, question.access.number, own
        if key not in self._known:
            self._known[key] = cost(question, self._indexes(question.table, own))
        return self._known[key]

    def _of(self, asked: Asked) -> Sequence[Question]:
        if asked.statement.id not in self._questions:
            self._questions[asked.statement.id] = questions(asked, self.catalog)
        return self._questions[asked.statement.id]

    def _indexes(self, table: Table, extra: frozenset[Candidate]) -> Sequence[Index]:
        return [*table.indexes, *(as_index(each, table) for each in extra)]


def unit_ms(workload: Sequence[Asked], pricing: Pricing) -> float:
    """Milliseconds of this server for a unit of cost: the median of the statements that cost something."""
    prices = [(asked, pricing.price(asked, frozenset())) for asked in workload if asked.statement.calls]
    return median([asked.statement.mean_ms / price for asked, price in prices if price >= DEAR] or [UNIT_MS])


def questions(asked: Asked, catalog: Catalog) -> Sequence[Question]:
    """One for each table that it reads."""
    statement, reading = asked.statement, asked.reading
    found = statement.rows / max(1, statement.calls)
    limit = (found if found >= 1 else LIMIT_ROWS) if reading.is_limited else None
    by_number = {access.number: access for access in reading.accesses}
    return [
        Question(
            access=access,
            table=catalog.tables[access.table],
            prices=catalog.prices,
            probes=_probes(access, by_number, catalog.tables),
            bent=_bent(access, catalog.tables[access.table], found) if _is_told(reading) else 1.0,
            limit=limit,
            is_ordered=_keeps_rows(access, by_number, catalog.tables),
        )
        for access in reading.accesses
    ]


def _is_told(reading: Reading) -> bool:
    """Whether the rows of the answer are those found in its one table."""
    return reading.is_plain and not reading.is_limited and len(reading.accesses) == 1 and reading.verb != "insert"


def _bent(access: Access, table: Table, found: float) -> float:
    """The power that makes the planner's share of the rows the one that was found."""
    share = share_of([use for use in access.uses if use.role != Role.JOIN], table)
    if share >= 1 or access.choices:
        return 1.0
    seen = min(0.999, max(found, 0.5) / max(1.0, table.rows))
    return min(BENT[1], max(BENT[0], math.log(seen) / math.log(share)))


def _probes(access: Access, accesses: Mapping[int, Access], tables: Mapping[Name, Table]) -> float | None:
    """How many rows of the others it is looked up for, by the narrowest way; None where nothing joins it."""
    ways = [
        _rows(accesses[use.partner.access], accesses, tables, seen={access.number})
        for use in access.uses
        if use.partner and use.partner.access in accesses
    ]
    return max(1.0, min(ways)) if ways else None


def _rows(access: Access, accesses: Mapping[int, Access], tables: Mapping[Name, Table], *, seen: set[int]) -> float:
    """How many rows of a table are left by its own conditions, or by those of what it joins."""
    table = tables[access.table]
    own = table.rows * share_of([use for use in access.uses if use.role != Role.JOIN], table)
    seen = seen | {access.number}
    for use in access.uses:
        if use.partner and use.partner.access in accesses and use.partner.access not in seen:
            other = _rows(accesses[use.partner.access], accesses, tables, seen=seen)
            own = min(own, other * table.rows / max(1.0, table.columns[use.column].distinct))
    return own


def _keeps_rows(access: Access, accesses: Mapping[int, Access], tables: Mapping[Name, Table]) -> bool:
    """Whether its order is the answer's: each other table adds at most one row to each of its."""
    return bool(access.order) and all(
        other is access or any(use.role == Role.JOIN and _is_key(use.column, tables[other.table]) for use in other.uses)
        for other in accesses.values()
    )


def _is_key(column: str, table: Table) -> bool:
    return any(
        index.is_unique and len(index.keys) == 1 and index.keys[0].column == column and not index.predicate
        for index in table.indexes
    )

"""Indexes that are there and shouldn't be, and foreign keys that have none. Pure.

What rests on an index besides speed (uniqueness, a constraint, a replica identity, CLUSTER) keeps it for ever.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from performance.database.indexes.advice import Advice, Kind, Method, Severity
from performance.database.indexes.costs import scan_cost
from performance.database.indexes.identifiers import quoted
from performance.database.indexes.keys import signature, size_of
from performance.database.indexes.pricing import Asked
from performance.database.indexes.selection import SMALL_ROWS
from performance.database.indexes.shapes import Candidate, Catalog, ForeignKey, Index, Key, Role, Table
from performance.database.indexes.writes import kept_ms, written_ms

# Some work is done once a week, or when a quarter ends.
OBSERVED = timedelta(days=7)
# A longer index serves a shorter one's look-ups, unless it is much larger.
MOST_TIMES_LARGER = 4
# What is lost to a missing index of a foreign key until that is urgent.
HIGH_MS = 60_000.0


def unused(catalog: Catalog, *, at: datetime) -> Iterator[Advice]:
    """Indexes that nothing has read while their tables were; none while the counters are younger than a week."""
    if at - catalog.counted_since < OBSERVED:
        return
    for table in catalog.tables.values():
        if table.rows < SMALL_ROWS or not table.scans:
            continue
        for index in table.indexes:
            idle_since = index.last_scan_at or catalog.counted_since
            is_idle = not index.scans or at - idle_since >= 4 * OBSERVED
            if is_idle and index.is_valid and not index.is_needed and not _only_of_key(index, table, catalog):
                yield _unused(index, table, since=idle_since)


def _unused(index: Index, table: Table, *, since: datetime) -> Advice:
    return Advice(
        kind=Kind.UNUSED,
        table=table.name,
        subject=index.name,
        title=f"{index.name} is never used",
        says=f"No statement has read {index.name} on {table.name} since {since:%Y-%m-%d}, and each new row writes it.",
        action="Drop it, unless a replica or a yearly job reads by it: neither is counted here.",
        severity=Severity.MEDIUM if index.size_bytes >= 100 << 20 else Severity.LOW,
        method=Method.CATALOGUE,
        write_ms=-kept_ms(table),
        size_bytes=index.size_bytes,
        index=index.name,
    )


def _only_of_key(index: Index, table: Table, catalog: Catalog) -> bool:
    """Whether without it a foreign key would have none: nothing reads by it until a referred row goes."""
    others = [each for each in table.indexes if each is not index]
    return any(
        key.table == table.name and serves(index, key.columns) and not any(serves(each, key.columns) for each in others)
        for key in catalog.foreign_keys
    )


def needless(catalog: Catalog) -> Iterator[Advice]:
    """Those that are there twice, and those that a longer one begins with."""
    for table in catalog.tables.values():
        gone: set[str] = set()
        for index in _droppable(table):
            others = [each for each in table.indexes if each is not index and each.name not in gone and each.is_valid]
            twin = next((each for each in others if _is_same(index, each)), None)
            longer = next((each for each in others if table.rows >= SMALL_ROWS and _is_prefix(index, each)), None)
            if twin or longer:
                gone.add(index.name)
                yield _duplicate(index, table, twin=twin) if twin else _redundant(index, table, longer=longer)


def _droppable(table: Table) -> Sequence[Index]:
    """The least used first, so that of two alike it is the one that goes."""
    found = [each for each in table.indexes if not each.is_needed and each.is_valid]
    return sorted(found, key=lambda each: (each.scans, each.name), reverse=False)


def _duplicate(index: Index, table: Table, *, twin: Index) -> Advice:
    return Advice(
        kind=Kind.DUPLICATE,
        table=table.name,
        subject=index.name,
        title=f"{index.name} is there twice",
        says=f"{index.name} and {twin.name} on {table.name} are the same index.",
        action=f"Drop {index.name}: {twin.name} serves all of its statements.",
        severity=Severity.MEDIUM,
        method=Method.CATALOGUE,
        write_ms=-kept_ms(table),
        size_bytes=index.size_bytes,
        index=index.name,
    )


def _redundant(index: Index, table: Table, *, longer: Index | None) -> Advice:
    name = longer.name if longer else ""
    return Advice(
        kind=Kind.REDUNDANT,
        table=table.name,
        subject=index.name,
        title=f"{index.name} is the beginning of {name}",
        says=f"{name} on {table.name} begins with the columns of {index.name}, and finds the same rows.",
        action=f"Drop {index.name}, if a little more reading by {name} is no harm.",
        severity=Severity.LOW,
        method=Method.CATALOGUE,
        write_ms=-kept_ms(table),
        size_bytes=index.size_bytes,
        index=index.name,
    )


def _is_same(one: Index, other: Index) -> bool:
    return (
        one.method == other.method
        and signature(one.keys) == signature(other.keys)
        and one.predicate == other.predicate
        and set(one.includes) <= set(other.includes)
    )


def _is_prefix(short: Index, long: Index) -> bool:
    keys = signature(short.keys)
    return (
        short.method == long.method == "btree"
        and len(keys) < len(long.keys)
        and signature(long.keys)[: len(keys)] == keys
        and short.predicate == long.predicate
        and not short.includes
        and long.size_bytes <= MOST_TIMES_LARGER * max(1, short.size_bytes)
    )


def invalid(catalog: Catalog) -> Iterator[Advice]:
    """What an interrupted CREATE INDEX CONCURRENTLY left: written by every row, and read by nobody."""
    for table in catalog.tables.values():
        for index in table.indexes:
            if not index.is_valid:
                yield Advice(
                    kind=Kind.INVALID,
                    table=table.name,
                    subject=index.name,
                    title=f"{index.name} is invalid",
                    says=f"{index.name} on {table.name} was never finished: it is written, and never read.",
                    action=f"REINDEX INDEX CONCURRENTLY {quoted(table.name.schema)}.{quoted(index.name)}; or drop it.",
                    severity=Severity.HIGH,
                    method=Method.CATALOGUE,
                    write_ms=-kept_ms(table),
                    size_bytes=index.size_bytes,
                    index=index.name,
                )


def unindexed_keys(catalog: Catalog, workload: Sequence[Asked], *, unit_ms: float) -> Iterator[Advice]:
    """Foreign keys without an index, of tables that aren't small: each referred row that goes has all of them read,
    `unit_ms` for a unit of cost. Of low severity where none goes.
    """
    for key in catalog.foreign_keys:
        table, parent = catalog.tables.get(key.table), catalog.tables.get(key.parent)
        if table is None or parent is None or table.rows < SMALL_ROWS:
            continue
        if not any(serves(index, key.columns) for index in table.indexes):
            lost_ms = parent.writes.deletes * scan_cost(table, catalog.prices) * unit_ms
            yield _unindexed(key, table, deletes=parent.writes.deletes, lost_ms=lost_ms, workload=workload)


def serves(index: Index, columns: Sequence[str]) -> bool:
    """Whether it leads to the rows by these columns, in any order: all rows of the table but those without a value."""
    leading = {key.column for key in index.keys[: len(columns)]}
    is_whole = index.predicate in {"", *(f"({quoted(column)} IS NOT NULL)" for column in columns)}
    return index.is_valid and index.method in {"btree", "hash"} and is_whole and leading == set(columns)


def _unindexed(key: ForeignKey, table: Table, *, deletes: int, lost_ms: float, workload: Sequence[Asked]) -> Advice:
    candidate = Candidate(table.name, tuple(Key(quoted(column), column) for column in key.columns))
    columns = ", ".join(key.columns)
    is_joined = _is_joined(key, workload)
    why = f"each of the {deletes:,} rows that left {key.parent} had all {table.rows:,.0f} rows read"
    if not deletes:
        why = "statements join by it" if is_joined else f"no row of {key.parent} was deleted so far"
    of_deletes = Severity.HIGH if lost_ms >= HIGH_MS else Severity.MEDIUM
    return Advice(
        kind=Kind.FOREIGN_KEY,
        table=table.name,
        subject=",".join(key.columns),
        title=f"{table.name}({columns}) refers to {key.parent} without an index",
        says=f"The foreign key {key.name} has no index: {why}.",
        action=f"An index on ({columns}).",
        severity=of_deletes if deletes else Severity.LOW,
        method=Method.HEURISTIC,
        gain_ms=lost_ms,
        write_ms=written_ms(candidate, table, workload),
        size_bytes=size_of(candidate, table),
        candidates=(candidate,),
    )


def _is_joined(key: ForeignKey, workload: Sequence[Asked]) -> bool:
    return any(
        use.role == Role.JOIN and use.column in key.columns
        for asked in workload
        for access in asked.reading.accesses
        if access.table == key.table
        for use in access.uses
    )

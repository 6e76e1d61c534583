"""What the database says of its tables, columns and indexes: three statements, whatever its size."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from performance.database.indexes import catalog_sql
from performance.database.indexes.asking import Ask
from performance.database.indexes.shapes import (
    DISTINCT_UNKNOWN,
    Catalog,
    Column,
    ForeignKey,
    Index,
    Key,
    Name,
    Prices,
    Table,
    Writes,
)

# Wider values don't fit an index's entry, or make it as large as its table.
WIDEST = 500

_DIRECTION = re.compile(r"\s+(?:ASC|DESC|NULLS FIRST|NULLS LAST)\b")


def read(ask: Ask) -> Catalog:
    """All of the database's own tables. Partitioned tables' parents have no statistics of their own, and are left."""
    columns: dict[Name, dict[str, Column]] = defaultdict(dict)
    indexes: dict[Name, list[Index]] = defaultdict(list)
    tables = ask(catalog_sql.TABLES)
    rows = {Name(schema, table): float(count) for schema, table, count, *_ in tables}
    for schema, table, *column in ask(catalog_sql.COLUMNS):
        columns[Name(schema, table)][column[0]] = _column(column, rows=rows.get(Name(schema, table), 0.0))
    for index in map(_index, ask(catalog_sql.INDEXES)):
        indexes[index.table].append(index)
    ((*prices, schemas, since),) = ask(catalog_sql.SERVER)
    found = {name: _table(name, figures, columns[name], indexes[name]) for name, *figures in _named(tables)}
    return Catalog(found, _foreign_keys(ask), Prices(*prices), schemas, since)


def _named(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    return ((Name(schema, table), *rest) for schema, table, *rest in rows)


def _table(name: Name, figures: Sequence[Any], columns: Mapping[str, Column], indexes: Sequence[Index]) -> Table:
    rows, pages, inserts, updates, hot, deletes, scans = figures
    writes = Writes(inserts, updates, hot, deletes)
    return Table(name, float(rows), int(pages), columns, tuple(indexes), writes, int(scans))


def _column(values: Sequence[Any], *, rows: float) -> Column:
    """n_distinct below zero is a share of the rows, negated."""
    name, kind, is_sortable, width, distinct, null_share, correlation, common, shares = values
    if distinct is None:
        return Column(name, kind, is_sortable=bool(is_sortable), distinct=min(DISTINCT_UNKNOWN, max(1.0, rows)))
    return Column(
        name=name,
        type=kind,
        width=int(width),
        distinct=max(1.0, -distinct * rows if distinct < 0 else distinct),
        null_share=float(null_share),
        correlation=float(correlation or 0.0),
        common=dict(zip(common or (), map(float, shares or ()), strict=False)),
        is_sortable=bool(is_sortable) and int(width) <= WIDEST,
    )


def _index(row: tuple[Any, ...]) -> Index:
    schema, table, name, method, is_unique, is_valid, is_needed, size, scans, last, definition, predicate, *keys = row
    texts, names, options, flavours = keys
    return Index(
        name=name,
        table=Name(schema, table),
        keys=tuple(map(_key, texts, names, options, flavours)),
        method=method,
        includes=tuple(names[len(options) :]),
        predicate=predicate,
        is_unique=is_unique,
        is_needed=is_needed,
        is_valid=is_valid,
        size_bytes=size,
        scans=scans,
        last_scan_at=last if isinstance(last, datetime) else None,
        definition=definition,
    )


def _key(text: str, column: str, option: int, flavour: str) -> Key:
    """Of `indoption`, 1 is DESC and 2 NULLS FIRST."""
    return Key(_DIRECTION.sub("", text), column, bool(option & 1), bool(option & 2), flavour)


def _foreign_keys(ask: Ask) -> Sequence[ForeignKey]:
    return [
        ForeignKey(name, Name(schema, table), tuple(columns), Name(parent_schema, parent), tuple(parents))
        for name, schema, table, columns, parent_schema, parent, parents in ask(catalog_sql.FOREIGN_KEYS)
    ]

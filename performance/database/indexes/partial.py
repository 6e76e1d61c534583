"""Which statements a partial index serves: its predicate is read as a statement's conditions are."""

from collections.abc import Sequence
from dataclasses import replace

from performance.database.indexes.reading import read
from performance.database.indexes.shapes import Catalog, Index, Name, Role, Use

# Each of these holds for no NULL.
_STRICT = {Role.EQUALITY, Role.IN, Role.RANGE, Role.JOIN, Role.NOT_NULL}
_IMPLIED_BY = {
    Role.NULL: {Role.NULL},
    Role.NOT_NULL: _STRICT,
    Role.EQUALITY: {Role.EQUALITY, Role.IN},
    Role.IN: {Role.EQUALITY, Role.IN},
    Role.RANGE: {Role.RANGE, Role.EQUALITY},
    Role.HIDDEN: {Role.HIDDEN},
}


def with_conditions(catalog: Catalog) -> Catalog:
    """The same, with what each partial index asks."""
    tables = {
        name: replace(table, indexes=tuple(_read(index, catalog=catalog) for index in table.indexes))
        for name, table in catalog.tables.items()
    }
    return replace(catalog, tables=tables)


def conditions_of(predicate: str, *, table: Name, catalog: Catalog) -> tuple[Use, ...]:
    """None of them where the predicate can't be read: such an index is taken to serve, which never makes bad advice."""
    schema, name = ('"{}"'.format(part.replace('"', '""')) for part in table)
    reading = read(" ".join(["SELECT 1 FROM", f"{schema}.{name}", "WHERE", predicate]), catalog=catalog)
    return reading.accesses[0].uses if reading and len(reading.accesses) == 1 else ()


def is_implied(index: Index, uses: Sequence[Use]) -> bool:
    """Whether all rows that are asked for are in it. A value that isn't known is taken for the index's own."""
    return all(any(_implies(use, condition) for use in uses) for condition in index.conditions)


def _read(index: Index, *, catalog: Catalog) -> Index:
    if not index.predicate:
        return index
    return replace(index, conditions=conditions_of(index.predicate, table=index.table, catalog=catalog))


def _implies(use: Use, condition: Use) -> bool:
    if use.column != condition.column or use.role not in _IMPLIED_BY.get(condition.role, set()):
        return False
    return not (use.value and condition.value and use.value != condition.value)

"""The SQL that takes staged rows over: `s` is the staging table, `t` the model's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from performance.bulk.copying import names
from performance.bulk.shape import Column, Shape
from performance.bulk.staging import ORDER, ROW, Staging

# In the order of the lines, which is that of the keys: two writers wait for each other in the same order.
_UPSERT = "INSERT INTO {table} AS t ({columns}) SELECT {columns} FROM {staged} ORDER BY {place} ON CONFLICT ({key}) "
_CHANGED = "DO UPDATE SET {changes} WHERE ({old}) IS DISTINCT FROM ({new}) RETURNING (t.xmax = 0)"
_UNCHANGED = "DO NOTHING RETURNING true"
_FOUND = "SELECT s.{row}, t.{id} FROM {staged} s JOIN {table} t ON ({theirs}) = ({ours})"
_UPDATE = "UPDATE {table} t SET {changes} FROM {staged} s WHERE t.{id} = s.{id} AND ({old}) IS DISTINCT FROM ({new})"


@dataclass(frozen=True, slots=True)
class Change:
    """Which columns a statement compares, to leave alone what is as it should be, and which it sets besides."""

    compared: Sequence[Column]
    stamped: Iterable[Column]


def upsert(shape: Shape, staging: Staging, *, key: Sequence[Column], change: Change) -> sql.Composed:
    """Answers for each row it wrote whether that is new."""
    insert = sql.SQL(_UPSERT).format(
        table=sql.Identifier(shape.table),
        columns=names(column.column for column in staging.columns),
        staged=sql.Identifier(staging.table),
        place=sql.Identifier(ORDER),
        key=names(column.column for column in key),
    )
    if not change.compared:
        return insert + sql.SQL(_UNCHANGED)
    return insert + sql.SQL(_CHANGED).format(
        changes=_joined(_set(column, _of("excluded", column)) for column in (*change.compared, *change.stamped)),
        old=_joined(_comparable(_of("t", column), column) for column in change.compared),
        new=_joined(_comparable(_of("excluded", column), column) for column in change.compared),
    )


def found(shape: Shape, staging: Staging, *, key: Sequence[Column]) -> sql.Composed:
    """(place in the order given, key of the row) of every staged row that the table has."""
    return sql.SQL(_FOUND).format(
        row=sql.Identifier(ROW),
        id=sql.Identifier(shape.key.column),
        staged=sql.Identifier(staging.table),
        table=sql.Identifier(shape.table),
        theirs=_joined(_of("t", column) for column in key),
        ours=_joined(_of("s", column) for column in key),
    )


def update(shape: Shape, staging: Staging, *, change: Change) -> sql.Composed:
    """Writes the rows that differ."""
    return sql.SQL(_UPDATE).format(
        table=sql.Identifier(shape.table),
        changes=_joined(_set(column, staging.value_of(column)) for column in (*change.compared, *change.stamped)),
        staged=sql.Identifier(staging.table),
        id=sql.Identifier(shape.key.column),
        old=_joined(_comparable(_of("t", column), column) for column in change.compared),
        new=_joined(_comparable(staging.value_of(column), column) for column in change.compared),
    )


def _joined(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def _of(table: str, column: Column) -> sql.Composed:
    return sql.SQL("{}.{}").format(sql.Identifier(table), sql.Identifier(column.column))


def _comparable(value: sql.Composed, column: Column) -> sql.Composed:
    """Of plain JSON PostgreSQL can't say what is equal but by its text."""
    is_plain_json = column.field.db_type(connection) in {"json", "xml"}
    return sql.SQL("({})::text").format(value) if is_plain_json else value


def _set(column: Column, value: sql.Composable) -> sql.Composed:
    return sql.SQL("{} = {}").format(sql.Identifier(column.column), value)

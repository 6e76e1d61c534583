"""The table beside a model's: rows wait there for the one statement that takes them over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from performance.bulk.copying import copy, names
from performance.bulk.reading import GAP, Line
from performance.bulk.shape import Column, Shape

# A row's place in the order given, and in the order in which it is to be written.
ROW, ORDER = "bulk_row", "bulk_order"


@dataclass(frozen=True, slots=True)
class Staging:
    """A temporary table with the columns, and a flag beside each of `gapped`, which some rows leave as they are."""

    cursor: CursorWrapper
    table: str
    columns: Sequence[Column]
    gapped: Sequence[int]

    def fill(self, lines: Sequence[Line]) -> None:
        """These lines, in this order, and no others."""
        self.cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(self.table)))
        columns = [ROW, ORDER, *(column.column for column in self.columns), *map(_flag, self.gapped)]
        rows = ((line.row, order, *self._values(line)) for order, line in enumerate(lines))
        copy(self.cursor, self.table, columns=columns, rows=rows)

    def value_of(self, column: Column) -> sql.Composed:
        """The column's new value, as an expression over this table, `s`, and the model's, `t`."""
        position, name = self.columns.index(column), sql.Identifier(column.column)
        if position not in self.gapped:
            return sql.SQL("s.{}").format(name)
        return sql.SQL("CASE WHEN s.{} THEN t.{} ELSE s.{} END").format(sql.Identifier(_flag(position)), name, name)

    def _values(self, line: Line) -> tuple[Any, ...]:
        if not self.gapped:
            return line.values
        flags = [line.values[position] is GAP for position in self.gapped]
        return (*(None if value is GAP else value for value in line.values), *flags)


def stage(cursor: CursorWrapper, shape: Shape, *, columns: Sequence[Column], lines: Iterable[Line]) -> Staging:
    """Makes the table, empty, for lines like these. It ends with the transaction."""
    gapped = sorted({position for line in lines for position, value in enumerate(line.values) if value is GAP})
    table = sql.Identifier(name := f"bulk_{shape.table}"[:63])
    flags = [sql.SQL(", false AS {}").format(sql.Identifier(_flag(position))) for position in gapped]
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(table))
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT 0 AS {}, 0 AS {}, {}{} FROM {} WITH NO DATA").format(
            table,
            sql.Identifier(ROW),
            sql.Identifier(ORDER),
            names(column.column for column in columns),
            sql.Composed(flags),
            sql.Identifier(shape.table),
        )
    )
    return Staging(cursor, name, columns, gapped)


def _flag(position: int) -> str:
    return f"bulk_gap_{position}"

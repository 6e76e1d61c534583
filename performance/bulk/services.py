"""Thousands of rows of any model by COPY, `UPDATE … FROM` and `ON CONFLICT`, a chunk at a time.

Rows are {field: value}; types and fields are checked against the model, as `full_clean` would, before any is sent.
`auto_now` and defaults are honoured; `save()` isn't called and no signals are sent. With `atomic` all rows get in or
none: RowsRefused says what is wrong, by row and field. Without, the good ones get in and `errors` says what the others
lack. Two calls at once with the same rows in other orders don't deadlock: rows are written in the order of their keys.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from performance.bulk.errors import RowError, RowsRefused
from performance.bulk.placing import in_one_transaction
from performance.bulk.reading import Reads, Rows, read_alike, read_changes, read_new, stamped, twice, without
from performance.bulk.shape import Column, Shape, shape_of
from performance.bulk.writing import Outcome, Writer

Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of the rows. `ids` are in the order given, None where a row was refused (see `errors`).

    `unchanged` rows were as they should be already.
    """

    ids: list[Any]
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    errors: list[RowError] = field(default_factory=list)


def insert(model: Model, rows: Rows, *, atomic: bool = True, chunk_size: int | None = None) -> BulkResult:
    """New rows. Raises RowsRefused (with `atomic`), NotBulkable."""
    shape = shape_of(model)
    reads = stamped(read_new(shape, rows), shape.stamps(timezone.now(), is_new=True))
    return _Call(shape, reads, atomic, chunk_size).run(Writer.insert)


def update(model: Model, rows: Rows, *, atomic: bool = True, chunk_size: int | None = None) -> BulkResult:
    """Changes rows by their key ("id", or "pk"); a field that a row doesn't name stays as it is.

    Raises RowsRefused (with `atomic`), NotBulkable.
    """
    shape = shape_of(model)
    reads = stamped(read_changes(shape, rows), shape.stamps(timezone.now(), is_new=False))
    return _Call(shape, _each_once(reads, [shape.key]), atomic, chunk_size).run(Writer.update)


def upsert(model: Model, rows: Rows, *, key: Sequence[str], atomic: bool = True) -> BulkResult:
    """New rows, or changes to those of the same `key`: the fields of a unique constraint that has no condition.

    All rows name the same fields. Raises RowsRefused (with `atomic`), NotBulkable, FieldDoesNotExist.
    """
    shape = shape_of(model)
    columns = [shape.named(name) for name in key]
    reads = _keyed(stamped(read_alike(shape, rows), shape.stamps(timezone.now(), is_new=True)), columns)
    return _Call(shape, reads, atomic, None).run(lambda writer: writer.upsert(columns))


def delete(model: Model, ids: Sequence[Any], *, atomic: bool = True, chunk_size: int | None = None) -> BulkResult:
    """Deletes rows by their keys, and does with those that name them what Django's `on_delete` says.

    Raises RowsRefused (with `atomic`), NotBulkable.
    """
    shape = shape_of(model)
    reads = _each_once(read_changes(shape, [{"pk": one} for one in ids]), [shape.key])
    return _Call(shape, reads, atomic, chunk_size).run(Writer.delete)


@dataclass(frozen=True, slots=True)
class _Call:
    shape: Shape
    reads: Reads
    atomic: bool
    chunk_size: int | None

    def run(self, write: Callable[[Writer], Outcome]) -> BulkResult:
        count = len(self.reads.lines) + len({error.row for error in self.reads.errors})
        if self.atomic and self.reads.errors:
            raise RowsRefused(self.reads.errors)
        outcome = in_one_transaction(lambda: self._written(write)) if self.reads.lines else Outcome()
        ids = [outcome.ids.get(row) for row in range(count)]
        kept = len(outcome.ids) - outcome.created - outcome.updated - outcome.deleted
        errors = sorted([*self.reads.errors, *outcome.errors])
        return BulkResult(ids, outcome.created, outcome.updated, kept, outcome.deleted, errors)

    def _written(self, write: Callable[[Writer], Outcome]) -> Outcome:
        size = self.chunk_size or settings.BULK_INSERT_CHUNK_SIZE
        with connection.cursor() as cursor:
            outcome = write(Writer(cursor, self.shape, self.reads, size))
        if self.atomic and outcome.errors:
            raise RowsRefused(outcome.errors)
        return outcome


def _each_once(reads: Reads, columns: Sequence[Column]) -> Reads:
    """Without the rows that mean one which came before."""
    names = ", ".join(column.name for column in columns)
    errors = twice(reads.lines, at=[reads.columns.index(column) for column in columns], field=names)
    return replace(reads, lines=without(reads.lines, errors), errors=reads.errors + errors)


def _keyed(reads: Reads, columns: Sequence[Column]) -> Reads:
    """Without the rows whose key is null, which are nobody's equals, or the same as an earlier one's."""
    positions = {reads.columns.index(column): column.name for column in columns}
    errors = [
        RowError(line.row, name, "must not be null: it says which row is meant")
        for line in reads.lines
        for position, name in positions.items()
        if line.values[position] is None
    ]
    keyed = replace(reads, lines=without(reads.lines, errors), errors=reads.errors + errors)
    return _each_once(keyed, columns)

"""How lines get into a model's table, and out of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from performance.bulk import statements
from performance.bulk.copying import copy, names
from performance.bulk.errors import RowError
from performance.bulk.placing import Put, chunks, place
from performance.bulk.reading import Line, Reads, without
from performance.bulk.removing import remove
from performance.bulk.shape import Column, Shape
from performance.bulk.staging import stage
from performance.bulk.statements import Change
from performance.bulk.violations import explained

_FAMILY = "conrelid = %(table)s::regclass OR confrelid = %(table)s::regclass"
_DEFERRED = f"SELECT DISTINCT conname FROM pg_constraint WHERE condeferred AND ({_FAMILY})"  # noqa: S608 - constants


@dataclass(slots=True)
class Outcome:
    """What was written: {place in the order given: key}, how many rows of each kind, and what the others lack."""

    ids: dict[int, Any] = field(default_factory=dict)
    created: int = 0
    updated: int = 0
    deleted: int = 0
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the lines of one call, within its transaction."""

    cursor: CursorWrapper
    shape: Shape
    reads: Reads
    chunk_size: int

    def insert(self) -> Outcome:
        """COPY straight into the table. Keys that the database draws are drawn ahead, so that they are known."""
        key = [self.shape.key.column] if self.shape.has_drawn_key else []
        keys = self._draw() if key else self._given_keys()
        columns = [*key, *(column.column for column in self.reads.columns)]

        def put(lines: Sequence[Line]) -> None:
            rows = ((keys[line.row], *line.values) if key else line.values for line in lines)
            copy(self.cursor, self.shape.table, columns=columns, rows=rows)

        errors = self._place(self.reads.lines, put)
        ids = {line.row: keys[line.row] for line in without(self.reads.lines, errors)}
        return Outcome(ids, created=len(ids), errors=errors)

    def upsert(self, key: Sequence[Column]) -> Outcome:
        """One statement a chunk, in the order of the keys. What is as it should be isn't written."""
        positions = [self.reads.columns.index(column) for column in key]
        lines = sorted(self.reads.lines, key=lambda line: [line.values[position] for position in positions])
        staging = stage(self.cursor, self.shape, columns=self.reads.columns, lines=())
        compared = [column for column in self.reads.columns if column in self.reads.named and column not in key]
        change = Change(compared, self.shape.stamped_on_update)
        take_over = statements.upsert(self.shape, staging, key=key, change=change)
        find = statements.found(self.shape, staging, key=key)
        outcome = Outcome()

        def put(lines: Sequence[Line]) -> None:
            staging.fill(lines)
            self.cursor.execute(take_over)
            written = [is_new for (is_new,) in self.cursor.fetchall()]
            self.cursor.execute(find)
            outcome.ids |= dict(self.cursor.fetchall())
            outcome.created += sum(written)
            outcome.updated += len(written) - sum(written)

        outcome.errors = self._place(lines, put)
        return outcome

    def update(self) -> Outcome:
        """Rows are locked in the order of their keys, then changed by one statement a chunk."""
        lines, missing = self._present()
        staging = stage(self.cursor, self.shape, columns=self.reads.columns, lines=lines)
        compared = [column for column in self.reads.columns if column in self.reads.named - {self.shape.key}]
        outcome = Outcome(errors=missing)
        if compared:
            change = statements.update(self.shape, staging, change=Change(compared, self.shape.stamped_on_update))

            def put(lines: Sequence[Line]) -> None:
                staging.fill(lines)
                self.cursor.execute(change)
                outcome.updated += self.cursor.rowcount

            outcome.errors += self._place(lines, put)
        outcome.ids = {line.row: line.values[0] for line in without(lines, outcome.errors)}
        return outcome

    def delete(self) -> Outcome:
        """As the models' `on_delete` says, with what names the rows."""
        lines, missing = self._present()

        def put(lines: Sequence[Line]) -> None:
            remove(self.cursor, self.shape.model, [line.values[0] for line in lines])

        errors = self._place(lines, put)
        ids = {line.row: line.values[0] for line in without(lines, errors)}
        return Outcome(ids, deleted=len(ids), errors=missing + errors)

    def _place(self, lines: Sequence[Line], put: Put) -> list[RowError]:
        explain = partial(explained, model=self.shape.model)
        with _checked_at_once(self.cursor, self.shape.table):
            return place(lines, put=put, explain=explain, chunk_size=self.chunk_size)

    def _present(self) -> tuple[list[Line], list[RowError]]:
        """The lines whose rows exist, locked, in the order of their keys, and an error for each other."""
        lines = sorted(self.reads.lines, key=lambda line: line.values[0])
        errors = []
        for chunk in chunks(lines, self.chunk_size):
            keys = [line.values[0] for line in chunk]
            locked = self.shape.model._base_manager.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
            known = set(locked.values_list("pk", flat=True))
            errors += [
                RowError(line.row, self.shape.key.name, f"{line.values[0]} doesn't exist")
                for line in chunk
                if line.values[0] not in known
            ]
        return without(lines, errors), errors

    def _draw(self) -> dict[int, int]:
        self.cursor.execute(
            "SELECT array_agg(nextval(pg_get_serial_sequence(%s, %s))) FROM generate_series(1, %s)",
            [f'"{self.shape.table}"', self.shape.key.column, len(self.reads.lines)],
        )
        drawn = self.cursor.fetchone()[0] or []
        return dict(zip((line.row for line in self.reads.lines), drawn, strict=True))

    def _given_keys(self) -> dict[int, Any]:
        position = self.reads.columns.index(self.shape.key)
        return {line.row: line.values[position] for line in self.reads.lines}


@contextmanager
def _checked_at_once(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """Foreign keys are checked with each statement, so that it is known which rows are to blame."""
    cursor.execute(_DEFERRED, {"table": f'"{table}"'})
    constraints = [name for (name,) in cursor.fetchall()]
    if constraints:
        cursor.execute(sql.SQL("SET CONSTRAINTS {} IMMEDIATE").format(names(constraints)))
    yield
    if constraints:
        cursor.execute(sql.SQL("SET CONSTRAINTS {} DEFERRED").format(names(constraints)))

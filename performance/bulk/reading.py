"""Rows as people and programs give them become rows of values, each column in its place. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from performance.bulk.errors import RowError
from performance.bulk.shape import Column, Shape
from performance.bulk.values import Unfit

# Mappings, if their maker keeps to it: what isn't one is named.
Rows = Sequence[Any]
Filler = Callable[[], Any]
_ABSENT = object()


class Gap:
    """Stands for a field that a row of an update doesn't name: it stays as it is."""


GAP = Gap()


@dataclass(frozen=True, slots=True)
class Line:
    """A row whose values are fit to be written. `row` is its place in the order given."""

    row: int
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """What was read: lines of `columns`, `named` by some row or filled in, and what is wrong with the other rows."""

    columns: tuple[Column, ...]
    named: frozenset[Column]
    lines: list[Line]
    errors: list[RowError]


def read_new(shape: Shape, rows: Rows) -> Reads:
    """Rows to insert: what a row leaves out is filled by the field's default."""
    named, errors = named_by(rows, shape.settable, shape=shape)
    return _read(rows, {column: column.filler() for column in named}, errors, shape=shape)


def read_alike(shape: Shape, rows: Rows) -> Reads:
    """Rows to insert or update: all name the same fields, or one that leaves a field out would reset it."""
    named, errors = named_by(rows, shape.settable, shape=shape)
    return _read(rows, dict.fromkeys(named, _unlike), errors, shape=shape)


def read_changes(shape: Shape, rows: Rows) -> Reads:
    """Rows to update: the key first, then every field that some row names, GAP where this one doesn't."""
    keys = dict.fromkeys(("pk", shape.key.name), shape.key)
    named, errors = named_by(rows, {**shape.settable, **keys}, shape=shape)
    cells: dict[Column, Filler] = {shape.key: _missing}
    cells |= {column: lambda: GAP for column in named if column is not shape.key}
    return _read(rows, cells, errors, shape=shape, fills=False)


def named_by(rows: Rows, known: Mapping[str, Column], *, shape: Shape) -> tuple[list[Column], list[RowError]]:
    """The columns that rows name, each once, and an error for each name that means none."""
    names = dict.fromkeys(name for row in rows if isinstance(row, Mapping) for name in row)
    strange = names.keys() - known.keys()
    errors = [
        RowError(index, str(name), _why_not(shape, name))
        for index, row in enumerate(rows if strange else ())
        if isinstance(row, Mapping)
        for name in row
        if name in strange
    ]
    return list(dict.fromkeys(known[name] for name in names if name in known)), errors


def stamped(reads: Reads, stamps: Mapping[Column, Any]) -> Reads:
    """With these columns and, in each line, their values at the end."""
    values = tuple(stamps.values())
    lines = [Line(line.row, line.values + values) for line in reads.lines] if values else reads.lines
    return replace(reads, columns=(*reads.columns, *stamps), lines=lines)


def twice(lines: Iterable[Line], *, at: Sequence[int], field: str) -> list[RowError]:
    """Lines that have the same values at these positions as an earlier one."""
    first: dict[tuple[Any, ...], int] = {}
    errors = []
    for line in lines:
        earlier = first.setdefault(tuple([line.values[position] for position in at]), line.row)
        if earlier != line.row:
            errors.append(RowError(line.row, field, f"is the same as in row {earlier}"))
    return errors


def without(lines: Iterable[Line], errors: Iterable[RowError]) -> list[Line]:
    """The lines that no error is about."""
    refused = {error.row for error in errors}
    return [line for line in lines if line.row not in refused]


def _why_not(shape: Shape, name: object) -> str:
    is_field = name == "pk" or name in {field.name for field in shape.model._meta.concrete_fields}
    return "is set by itself" if is_field else "is no field of this"


def _unnamed(shape: Shape, named: Iterable[Column]) -> dict[Column, Filler]:
    """Columns that no row names, without those that the database has a default for."""
    others = dict.fromkeys(shape.settable.values())
    return {column: column.filler() for column in others if column not in named and not column.is_left_to_database}


def _read(
    rows: Rows, named: Mapping[Column, Filler], errors: list[RowError], *, shape: Shape, fills: bool = True
) -> Reads:
    cells = {**named, **_unnamed(shape, named)} if fills else named
    plan = [(column.name, column.value, fill) for column, fill in cells.items()]
    aliases = {str(column.field.attname): column.name for column in cells if column.field.attname != column.name}
    aliases["pk"] = shape.key.name
    lines = []
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            errors.append(RowError(index, "", "must be an object of fields and values"))
            continue
        if not row.keys().isdisjoint(aliases):
            row = {aliases.get(name, name): value for name, value in row.items()}
        values = []
        for name, read, fill in plan:
            given = row.get(name, _ABSENT)
            try:
                values.append(fill() if given is _ABSENT else read(given))
            except Unfit as unfit:
                errors.append(RowError(index, name, str(unfit)))
        if len(values) == len(plan):
            lines.append(Line(index, tuple(values)))
    return Reads(tuple(cells), frozenset(named), without(lines, errors), errors)


def _missing() -> None:
    raise Unfit("is missing")


def _unlike() -> None:
    raise Unfit("is missing: all rows of an upsert name the same fields")

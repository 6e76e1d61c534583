"""Old rows into the table as it is now: columns may have come and gone since they were archived."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from performance.database.archival.errors import CannotRestore, KeysCollide
from performance.database.archival.tree import Branch, Column, columns_of, quoted


def read_columns(kept: Sequence[Sequence[str]], *, now: Mapping[str, Column]) -> list[Column]:
    """The file's columns, each of the type that it has now; one that is gone is read as text, and goes nowhere."""
    return [now.get(name, Column(name, "text")) for name, _ in kept]


def fit(cursor: CursorWrapper, staged: str, *, branch: Branch, names: Sequence[str]) -> int:
    """Put the staged rows into the branch's table; how many. Raises KeysCollide, CannotRestore.

    A column that came since has its field's default; a reference that would have been set to null is null where the
    row that it named is gone.
    """
    sources = dict(_sources(branch.model, names=names, now=columns_of(branch.table)))
    columns = ", ".join(quoted(name) for name in sources)
    values = ", ".join(source for source, _ in sources.values())
    given = [value for _, values_of in sources.values() for value in values_of]
    try:
        with transaction.atomic():
            cursor.execute(
                f"INSERT INTO {quoted(branch.table)} ({columns}) SELECT {values} FROM {staged} s",  # noqa: S608
                given or None,
            )
    except IntegrityError as error:
        said = str(error).partition("\n")[0]
        if "duplicate key" in said:
            raise KeysCollide(f"Rows of {branch.table} are there already: {said}") from error
        raise CannotRestore(f"Rows of {branch.table} don't fit as it is now: {said}") from error
    return int(cursor.rowcount)


def _sources(
    model: type[Model], *, names: Sequence[str], now: Sequence[Column]
) -> Iterator[tuple[str, tuple[str, list[Any]]]]:
    """Each column that is written, with the SQL of its value over `s` and that one's parameters."""
    fields: dict[str, Any] = {str(field.column): field for field in model._meta.concrete_fields}
    for column in now:
        if column.name in names:
            yield column.name, (_kept(fields.get(column.name), column.name), [])
        elif column.name in fields and not (field := fields[column.name]).null and not field.has_db_default():
            yield column.name, (f"%s::{column.type}", [_default(field, model)])


def _kept(field: "models.Field[Any, Any] | None", column: str) -> str:
    """As archived; of a loose reference whose row is gone, null."""
    value = f"s.{quoted(column)}"
    if not isinstance(field, models.ForeignKey) or field.remote_field.on_delete is not models.SET_NULL:
        return value
    other = quoted(field.remote_field.model._meta.db_table)
    key = quoted(str(field.target_field.column))
    return f"(SELECT o.{key} FROM {other} o WHERE o.{key} = {value})"  # noqa: S608 - names of ours


def _default(field: "models.Field[Any, Any]", model: type[Model]) -> Any:
    if not field.has_default() and not field.empty_strings_allowed:
        raise CannotRestore(
            f"{model._meta.db_table} has a column {field.column} now, which old rows have no value for."
        )
    return field.get_db_prep_save(field.get_default(), connection=connection)

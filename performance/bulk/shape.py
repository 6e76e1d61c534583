"""What of a model can be written by the thousand: its columns, what fills those that a row leaves out, and its key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import NOT_PROVIDED
from django.utils.timezone import localtime

from performance.bulk.errors import NotBulkable
from performance.bulk.values import AnyField, Read, Unfit, reader


class _Default:
    """Stands for a value that the database fills in."""


DEFAULT = _Default()


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column with its field. `read` checks a value (see `values`), `fill` gives it where a row has none."""

    field: AnyField
    read: Read

    @property
    def name(self) -> str:
        return str(self.field.name)

    @property
    def column(self) -> str:
        return str(self.field.column)

    @property
    def is_left_to_database(self) -> bool:
        """Whether the database, and not Django, has the default."""
        return not self.field.has_default() and self.field.db_default is not NOT_PROVIDED

    def value(self, given: object) -> Any:
        """Raises Unfit."""
        if given is None:
            if self.field.null:
                return None
            raise Unfit("must not be null")
        return self.read(given)

    def filler(self) -> Callable[[], Any]:
        """What gives the value of a row that doesn't name this field; it raises Unfit where there can be none."""
        field = self.field
        if field.has_default():
            plain = field.default
            if callable(plain):
                return lambda: self.value(plain())
            kept = self.value(plain)
            return lambda: kept
        if self.is_left_to_database:
            return lambda: DEFAULT
        if field.null:
            return lambda: None
        if field.blank and isinstance(field, models.CharField | models.TextField):
            return lambda: ""
        return _missing


def _missing() -> None:
    raise Unfit("is missing")


@dataclass(frozen=True, slots=True)
class Shape:
    """A model as bulk writes see it. `settable` has each column by every name that rows may use for it."""

    model: type[models.Model]
    table: str
    key: Column
    has_drawn_key: bool
    settable: Mapping[str, Column]
    stamped: tuple[Column, ...]
    stamped_on_update: tuple[Column, ...]

    def stamps(self, at: datetime, *, is_new: bool) -> dict[Column, Any]:
        """The values of `auto_now` fields and, for new rows, of `auto_now_add` fields."""
        return {column: _stamp(column.field, at) for column in (self.stamped if is_new else self.stamped_on_update)}

    def named(self, name: str) -> Column:
        """Raises FieldDoesNotExist."""
        if name in {"pk", self.key.name, self.key.field.attname}:
            return self.key
        if name not in self.settable:
            raise FieldDoesNotExist(f"{self.model._meta.label} has no field {name!r}")
        return self.settable[name]


@lru_cache(maxsize=256)
def shape_of(model: type[models.Model]) -> Shape:
    """Raises NotBulkable."""
    meta = model._meta
    if (meta.parents and not meta.proxy) or not isinstance(meta.pk, models.Field) or meta.pk.column is None:
        raise NotBulkable(f"{meta.label} can't be written in bulk")
    columns = [Column(field, reader(field)) for field in meta.concrete_fields if not field.generated]
    key = next(column for column in columns if column.field.primary_key)
    has_drawn_key = isinstance(meta.pk, models.AutoField)
    stamped = [column for column in columns if _is_stamped(column.field)]
    settable = {
        name: column
        for column in columns
        if column not in stamped and not (has_drawn_key and column is key)
        for name in (column.field.name, column.field.attname)
    }
    on_update = tuple(column for column in stamped if getattr(column.field, "auto_now", False))
    return Shape(model, meta.db_table, key, has_drawn_key, settable, tuple(stamped), on_update)


def _stamp(field: AnyField, at: datetime) -> Any:
    if isinstance(field, models.DateTimeField):
        return at
    local = localtime(at)
    return local.time() if isinstance(field, models.TimeField) else local.date()


def _is_stamped(field: AnyField) -> bool:
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)

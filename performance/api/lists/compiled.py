"""A shape as SQL, made once: the expressions are static, and to compile forty of them takes longer than to run them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Expression, F, OuterRef
from psycopg import sql as psql

from performance.api.lists.expressions import JsonArray, JsonRow
from performance.api.lists.shape import Computed, Each, Make, One, Shape

# Sparse shapes that clients ask for (`?fields=`) are compiled too; a client may ask for any.
_KEPT = 512


@dataclass(frozen=True, slots=True)
class Compiled:
    """`row` is an expression of JSON, `tables` what it reads, `key` the primary key's column. No parameters, and every
    percent sign doubled.
    """

    row: str
    tables: str
    key: str


@lru_cache(maxsize=_KEPT)
def compiled(shape: Shape, model: type[models.Model]) -> Compiled:
    query = model._base_manager.all().query
    table = query.get_initial_alias()
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    row = _row(shape, model, "").resolve_expression(query, allow_joins=True)
    written = _inlined(*compiler.compile(row))
    tables, params = compiler.get_from_clause()
    pk = model._meta.pk
    if pk is None:
        raise TypeError(f"{model.__name__} has no primary key")
    quoted = connection.ops.quote_name
    return Compiled(written, _inlined(" ".join(tables), params), f"{quoted(str(table))}.{quoted(pk.column)}")


def _row(shape: Shape, model: type[models.Model], prefix: str, *, present: F | None = None) -> JsonRow:
    sources = {
        name: _expression(source, model, prefix) for name, source in shape.fields if not isinstance(source, Computed)
    }
    return JsonRow(sources, present=present)


def _expression(source: str | Make | One | Each, model: type[models.Model], prefix: str) -> Expression | F:
    if isinstance(source, str):
        return F(prefix + source)
    if isinstance(source, One):
        path = f"{prefix}{source.path}"
        return _row(source.shape, model, f"{path}__", present=F(path) if _may_be_null(model, path) else None)
    if isinstance(source, Each):
        return _each(source, model, prefix)
    return source(prefix)


def _each(source: Each, model: type[models.Model], prefix: str) -> JsonArray:
    relation: Any = _field(model, f"{prefix}{source.path}")
    theirs: type[models.Model] = relation.related_model
    rows = theirs._base_manager.filter(**{relation.field.name: OuterRef(f"{prefix}pk")}).order_by(*source.order_by)
    if source.only is not None:
        rows = rows.filter(source.only)
    return JsonArray(rows.values_list(_row(source.shape, theirs, "")))


def _field(model: type[models.Model], path: str) -> Any:
    """The field at the end of a path of the ORM."""
    field: Any = None
    for name in path.split("__"):
        field = (field.related_model if field else model)._meta.get_field(name)
    return field


def _may_be_null(model: type[models.Model], path: str) -> bool:
    names = path.split("__")
    return any(_field(model, "__".join(names[: end + 1])).null for end in range(len(names)))


def _inlined(text: str, params: Sequence[Any]) -> str:
    """Constants as literals: a bare parameter has no type that `to_json` would take."""
    literals = tuple(psql.Literal(param).as_string(None) for param in params)
    return (text % literals).replace("%", "%%")

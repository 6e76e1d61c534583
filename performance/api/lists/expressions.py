"""JSON written by PostgreSQL, as expressions of the ORM."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateTimeField, Expression, F, Field, Func, JSONField
from django.db.models.sql.compiler import SQLCompiler

# The place, in the statement of a page, of the rows that the list chose.
PAGE = "page"
# As DRF writes it: in UTC, with a Z.
_INSTANT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

Compiled = tuple[str, list[Any]]


class JsonRow(Expression):
    """`{name: value, …}` in the order given; null where `present`, if given, is null.

    By way of a row: `json_build_object` writes a tenth more bytes.
    """

    output_field = JSONField()

    def __init__(self, values: Mapping[str, Expression | F], *, present: F | None = None) -> None:
        super().__init__()
        self.names = tuple(values)
        self.sources: list[Any] = [*values.values(), *([present] if present else [])]

    def get_source_expressions(self) -> list[Any]:
        return self.sources

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.sources = list(exprs)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Compiled:
        columns: list[str] = []
        params: list[Any] = []
        for name, source in zip(self.names, self.sources, strict=False):
            sql, own = compiler.compile(source)
            columns.append(f"{_as_json(sql, source.output_field)} AS {connection.ops.quote_name(name)}")
            params += own
        row = f"(SELECT to_json(r) FROM (SELECT {', '.join(columns)}) r)"  # noqa: S608
        if len(self.sources) == len(self.names):
            return row, params
        present, own = compiler.compile(self.sources[-1])
        return f"CASE WHEN {present} IS NOT NULL THEN {row} END", [*own, *params]


class JsonArray(Func):
    """`[…]` of a queryset's one column, in its order."""

    function = "array_to_json"
    output_field = JSONField()

    def __init__(self, rows: Any) -> None:
        super().__init__(ArraySubquery(rows))


class Carried(Expression):
    """A column that the list's own queryset annotates, where it depends on what was asked."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Compiled:
        return f"{PAGE}.{connection.ops.quote_name(self.name)}", []

    def resolve_expression(self, *_args: Any, **_kwargs: Any) -> Self:
        return self


class Slot(str):
    """Among a statement's parameters: what is given under this name, when it is sent."""


class Given(Expression):
    """A value that is known when the statement is sent (`Wanted.given`), so that the rest of it is compiled once."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Compiled:
        return "%s", [Slot(self.name)]


def _as_json(sql: str, field: "Field[Any, Any]") -> str:
    return _INSTANT.format(sql) if isinstance(field, DateTimeField) else sql

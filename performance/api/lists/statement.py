"""One statement for a page: which rows (by the ORM), what they say (by the shape), and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from performance.api.lists.compiled import compiled
from performance.api.lists.expressions import PAGE
from performance.api.lists.shape import Shape

Sql = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Each row as JSON, and its values of the ordering as text. `counted` is what `count` found; None where it wasn't
    asked, or where no row could carry it.
    """

    texts: Sequence[str]
    places: Sequence[tuple[str, ...]]
    counted: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows that the querysets choose, in their order. `carried` are annotations that the shape shows."""

    shape: Shape
    ordering: Sequence[str]
    carried: Sequence[str] = ()

    def fetch(self, chosen: Sequence[QuerySet[Any]], *, limit: int, skip: int = 0, count: Sql | None = None) -> Rows:
        """The first `limit` of all that the querysets choose, after `skip`. They share no row, and are of one model.

        `count`, if given, is a statement that returns a number; it is part of this one.
        """
        names = [term.removeprefix("-") for term in self.ordering]
        # Skipped where only keys are read: of each row that the outer statement skips, its JSON would be made too.
        is_plain = len(chosen) == 1 and not chosen[0].query.is_sliced
        within = slice(skip, skip + limit) if is_plain else slice(0, skip + limit)
        window = "" if is_plain else f" LIMIT {limit:d} OFFSET {skip:d}"
        parts = [sql for one in chosen if (sql := _chosen(one, self.ordering, [*names, *self.carried], within))]
        if not parts:
            return Rows([], [], 0 if count else None)
        statement, params = self._statement(chosen[0], parts, window=window, count=count)
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            found = cursor.fetchall()
        end = len(names) + 1
        return Rows(
            [row[0] for row in found],
            [row[1:end] for row in found],
            found[0][end] if found and count else None,
        )

    def _statement(self, of: QuerySet[Any], parts: Sequence[Sql], *, window: str, count: Sql | None) -> Sql:
        model: type[Model] = of.model
        shown = compiled(self.shape, model)
        quoted = connection.ops.quote_name
        places = [f"o{place}" for place in range(len(self.ordering))]
        directions = [" DESC" if term.startswith("-") else "" for term in self.ordering]
        order = ", ".join(f"{PAGE}.{name}{direction}" for name, direction in zip(places, directions, strict=True))
        inner = parts[0][0] if len(parts) == 1 else " UNION ALL ".join(f"({sql})" for sql, _ in parts)
        page = f"({inner}) AS {PAGE}({', '.join(['pk', *places, *map(quoted, self.carried)])})"
        if window:
            page = f"(SELECT * FROM {page} ORDER BY {order}{window}) AS {PAGE}"  # noqa: S608
        # As text, all of it: to make a datetime of each row's took a fifth of a page's CPU, and cursors are text.
        columns = ", ".join(f"{value}::text" for value in (shown.row, *(f"{PAGE}.{name}" for name in places)))
        columns += f", ({count[0]})" if count else ""
        statement = f"SELECT {columns} FROM {page}, {shown.tables} WHERE {shown.key} = {PAGE}.pk ORDER BY {order}"  # noqa: S608
        return statement, (*(count[1] if count else ()), *(param for _, own in parts for param in own))


def _chosen(queryset: QuerySet[Any], ordering: Sequence[str], columns: Sequence[str], within: slice) -> Sql | None:
    """The primary keys of the queryset's first rows, with columns; None where it is empty by itself."""
    rows = queryset.order_by(*ordering) if not queryset.query.is_sliced else queryset
    rows = rows.values_list("pk", *columns)
    try:
        return sql_of(rows if rows.query.is_sliced else rows[within])
    except EmptyResultSet:
        return None


def sql_of(queryset: QuerySet[Any]) -> Sql:
    """Raises EmptyResultSet."""
    sql, params = queryset.query.sql_with_params()
    return sql, tuple(params)

"""One statement for a page: which rows (by the ORM), what they say (by the shape), and how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from psycopg.types.numeric import Int8

from performance.api.lists.compiled import compiled
from performance.api.lists.expressions import PAGE, Slot
from performance.api.lists.shape import Shape

Sql = tuple[str, tuple[Any, ...]]
# Of numbered pages the database reads and drops all rows before: here numbers end, and the cursor goes on.
LAST_NUMBERED_ROW = 10_000
FURTHEST = LAST_NUMBERED_ROW + 1
# What each queryset was compiled to, by ordering and columns. Those that live as long as their view are compiled once,
# which takes longer than PostgreSQL takes to answer; those of one request go, and take their texts along.
_known: WeakKeyDictionary[QuerySet[Any], dict[tuple[tuple[str, ...], ...], Sql | None]] = WeakKeyDictionary()


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
    """Rows that the querysets choose, in their order. `carried` are annotations that the shape shows; `given` are the
    values of `expressions.Given`, by name.
    """

    shape: Shape
    ordering: Sequence[str]
    carried: Sequence[str] = ()
    given: Mapping[str, Any] = field(default_factory=dict)

    def fetch(self, chosen: Sequence[QuerySet[Any]], *, limit: int, skip: int = 0, count: Sql | None = None) -> Rows:
        """The first `limit` of all that the querysets choose, after `skip`. They share no row, and are of one model.

        `count`, if given, is a statement that returns a number; it is part of this one.
        """
        # Skipped where only keys are read: of each row that the outer statement skips, its JSON would be made too.
        is_plain = len(chosen) == 1 and not chosen[0].query.is_sliced
        within = (limit, skip) if is_plain else (skip + limit, 0)
        window = None if is_plain else (f" LIMIT {limit:d} OFFSET %s", (skip,))
        parts = [sql for one in chosen if (sql := self._chosen(one, *within))]
        if not parts:
            return Rows([], [], 0 if count else None)
        statement, params = self._statement(chosen[0], parts, window=window, count=count)
        with connection.cursor() as cursor:
            cursor.execute(statement, [self._sent(each) for each in params])
            found = cursor.fetchall()
        end = len(self.ordering) + 1
        return Rows(
            [row[0] for row in found],
            [row[1:end] for row in found],
            found[0][end] if found and count else None,
        )

    def _sent(self, param: Any) -> Any:
        """Numbers that are given as bigint, whatever their size, or each size would be prepared by itself."""
        value = self.given[param] if type(param) is Slot else param
        return Int8(value) if type(param) is Slot and type(value) is int else value

    def prepare(self, of: QuerySet[Any]) -> None:
        """Compile what `fetch` sends for it, and send nothing."""
        model: type[Model] = of.model
        self._chosen(of, 1, 0)
        compiled(self.shape, model)

    def _chosen(self, queryset: QuerySet[Any], limit: int, skip: int) -> Sql | None:
        """The primary keys of the queryset's first rows, with columns; None where it is empty by itself."""
        names = tuple(term.removeprefix("-") for term in self.ordering)
        sql = _compiled(queryset, tuple(self.ordering), ("pk", *names, *self.carried))
        return sql if sql is None or queryset.query.is_sliced else _within(sql, limit, skip)

    def _statement(self, of: QuerySet[Any], parts: Sequence[Sql], *, window: Sql | None, count: Sql | None) -> Sql:
        model: type[Model] = of.model
        shown = compiled(self.shape, model)
        quoted = connection.ops.quote_name
        places = [f"o{place}" for place in range(len(self.ordering))]
        directions = [" DESC" if term.startswith("-") else "" for term in self.ordering]
        order = ", ".join(f"{PAGE}.{name}{direction}" for name, direction in zip(places, directions, strict=True))
        inner = parts[0][0] if len(parts) == 1 else " UNION ALL ".join(f"({sql})" for sql, _ in parts)
        page = f"({inner}) AS {PAGE}({', '.join(['pk', *places, *map(quoted, self.carried)])})"
        if window:
            page = f"(SELECT * FROM {page} ORDER BY {order}{window[0]}) AS {PAGE}"  # noqa: S608
        # As text, all of it: to make a datetime of each row's took a fifth of a page's CPU, and cursors are text.
        columns = ", ".join(f"{value}::text" for value in (shown.row, *(f"{PAGE}.{name}" for name in places)))
        columns += f", ({count[0]})" if count else ""
        statement = f"SELECT {columns} FROM {page}, {shown.tables} WHERE {shown.key} = {PAGE}.pk ORDER BY {order}"  # noqa: S608
        every = (count, *parts, window)
        return statement, tuple(param for one in every if one for param in one[1])


def _within(sql: Sql, limit: int, skip: int) -> Sql:
    """Of its rows `limit` after `skip`, both as parameters: a text for each page, or for each limit, would be planned,
    and measured, anew. What is skipped of its rows ends at FURTHEST, or PostgreSQL takes what it isn't told yet for a
    tenth of the table, finds that dear, and makes a plan for each page all the same.
    """
    text, params = sql
    if skip:
        text = f"SELECT * FROM ({text} LIMIT {max(FURTHEST, skip + limit):d}) AS reachable OFFSET %s"  # noqa: S608
        params = (*params, skip)
    return _first((text, params), limit)


def _first(sql: Sql, limit: int) -> Sql:
    """Its first rows. PostgreSQL takes a limit that it isn't told yet for a tenth of what there is. Of the longest page
    that would be more than most pages have, and it would make a plan for each; asked twice, it takes it for a
    hundredth, and the plan for that, which is the one for any page, is kept.
    """
    text, params = sql
    if limit == 1:
        return f"{text} LIMIT 1", params
    longest = max(limit, settings.PAGINATION_MAX_PER_PAGE + 1)
    text = f"SELECT * FROM (SELECT * FROM ({text} LIMIT {longest:d}) AS longest LIMIT %s) AS asked LIMIT %s"  # noqa: S608
    return text, (*params, limit, limit)


def _compiled(queryset: QuerySet[Any], ordering: tuple[str, ...], columns: tuple[str, ...]) -> Sql | None:
    texts = _known.setdefault(queryset, {})
    if (ordering, columns) not in texts:
        texts[ordering, columns] = _made(queryset, ordering, columns)
    return texts[ordering, columns]


def _made(queryset: QuerySet[Any], ordering: tuple[str, ...], columns: tuple[str, ...]) -> Sql | None:
    rows = queryset if queryset.query.is_sliced else queryset.order_by(*ordering)
    try:
        sql, params = rows.values_list(*columns).query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


def keys_of(queryset: QuerySet[Any]) -> Sql | None:
    """The primary keys of all its rows, in no order; None where it is empty by itself."""
    return _compiled(queryset, (), ("pk",))

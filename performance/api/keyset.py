"""Where a page of a list begins: the ordering's values of the row before it, signed. For lists and pages alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
_SIGNER = signing.Signer(salt="cursor")


class NotOurs(Exception):
    """The cursor was made up or changed."""


class OfAnotherList(Exception):
    """The cursor belongs to a list that is ordered in another way."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place between two rows: the ordering's values of the row that it follows (or, backwards, precedes).

    Without values it is the beginning or, backwards, the end.
    """

    values: tuple[Any, ...]
    is_backward: bool = False


END = Cursor((), is_backward=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows, and the cursors of what follows and precedes them; empty at the ends."""

    rows: Sequence[M]
    next_cursor: str
    previous_cursor: str


def encode(row: Any, ordering: Sequence[str], *, is_backward: bool = False) -> str:
    """The place after (or before) `row`."""
    values = tuple(_value(row, field.removeprefix("-")) for field in ordering)
    return signed(Cursor(values, is_backward), ordering)


def signed(cursor: Cursor, ordering: Sequence[str], *, of: str = "") -> str:
    """The cursor as a text that only we can write, the same for the same place: a page's ETag depends on it.

    The ordering is signed with it, so that a value always fits its field, and the list that it is `of`.
    """
    return _SIGNER.sign_object([of, ",".join(ordering), cursor.is_backward, *cursor.values])


def decode(text: str, ordering: Sequence[str], *, of: str = "") -> Cursor:
    """What `signed` wrote for the same list and ordering. Raises NotOurs, OfAnotherList."""
    try:
        whose, ordered_by, is_backward, *values = _SIGNER.unsign_object(text)
    except signing.BadSignature as error:
        raise NotOurs from error
    if (whose, ordered_by) != (of, ",".join(ordering)):
        raise OfAnotherList
    return Cursor(tuple(values), is_backward)


def page_at(parts: Sequence[QuerySet[M]], *, ordering: Sequence[str], cursor: Cursor | None, size: int) -> Page[M]:
    """The `size` rows at the cursor. `parts` are as for `beyond`."""
    rows = beyond(parts, ordering, cursor, limit=size + 1)
    has_more, rows = len(rows) > size, rows[:size]
    is_backward = cursor is not None and cursor.is_backward
    if is_backward:
        rows.reverse()
    has_next, has_previous = (True, has_more) if is_backward else (has_more, cursor is not None)
    return Page(
        rows,
        next_cursor=encode(rows[-1], ordering) if rows and has_next else "",
        previous_cursor=encode(rows[0], ordering, is_backward=True) if rows and has_previous else "",
    )


def beyond(parts: Sequence[QuerySet[M]], ordering: Sequence[str], cursor: Cursor | None, *, limit: int) -> list[M]:
    """The first `limit` rows after the cursor; those before it, the nearest first, where it looks backwards.

    `parts` are the list, as one queryset or as several that share no row. The last field of `ordering` must be unique
    and none of them null.
    """
    if cursor is not None and cursor.is_backward:
        ordering = turned(ordering)
    rows = [row for part in parts for row in _first(part, ordering, cursor, limit=limit)]
    if len(parts) > 1:
        for field in reversed(ordering):
            rows.sort(key=lambda row: _value(row, field.removeprefix("-")), reverse=field.startswith("-"))
    return rows[:limit]


def turned(ordering: Sequence[str]) -> list[str]:
    """The same rows the other way round."""
    return [field[1:] if field.startswith("-") else f"-{field}" for field in ordering]


def narrowed(part: QuerySet[M], ordering: Sequence[str], values: Sequence[Any]) -> list[QuerySet[M]]:
    """What of the list comes after these values, as querysets that share no row, each a range of an index."""
    if not values:
        return [part]
    if len({term.startswith("-") for term in ordering}) > 1:
        return [part.filter(range_) for range_ in _ranges(ordering, values)]
    # PostgreSQL compares rows as an index orders them. Where the fields are of two tables no index has them all, and
    # the first is what narrows it down.
    comparison = "lte" if ordering[0].startswith("-") else "gte"
    first = Q(**{f"{ordering[0].removeprefix('-')}__{comparison}": values[0]})
    return [part.filter(first, _Beyond(ordering, values))]


class _Beyond(Func):
    """(a, b) > (x, y), or < where all terms descend."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, ordering: Sequence[str], values: Sequence[Any]) -> None:
        super().__init__(*(F(term.removeprefix("-")) for term in ordering))
        self.sign = "<" if ordering[0].startswith("-") else ">"
        self.values = tuple(values)

    def as_sql(self, compiler: SQLCompiler, connection: Any, *_args: Any, **_kwargs: Any) -> tuple[str, list[Any]]:
        sources = self.get_source_expressions()
        bounds = [Value(value, source.output_field) for value, source in zip(self.values, sources, strict=True)]
        left, right = ([compiler.compile(each) for each in side] for side in (sources, bounds))
        sql = f"({', '.join(sql for sql, _ in left)}) {self.sign} ({', '.join(sql for sql, _ in right)})"
        return sql, [param for _, own in (*left, *right) for param in own]


def ahead_of(parts: Sequence[QuerySet[M]], ordering: Sequence[str], row: M) -> int:
    """How many rows of the list come before `row`."""
    values = [_value(row, field.removeprefix("-")) for field in ordering]
    ranges = list(_ranges(turned(ordering), values))
    return sum(part.filter(range_).order_by().count() for part in parts for range_ in ranges)


def _first(part: QuerySet[M], ordering: Sequence[str], cursor: Cursor | None, *, limit: int) -> list[M]:
    """One statement, or as many as there are fields: the rows that share the cursor's values but for the last, then
    those that share fewer. Each is a range of an index on the ordering. With all of them in one condition the rows
    before it would be read too, where many are equal but for their ids, such as those that one import made.
    """
    if cursor is None or not cursor.values:
        return list(part.order_by(*ordering)[:limit])
    found: list[M] = []
    for range_ in _ranges(ordering, cursor.values):
        found += part.filter(range_).order_by(*ordering)[: limit - len(found)]
        if len(found) == limit:
            break
    return found


def _ranges(ordering: Sequence[str], values: Sequence[Any]) -> Iterator[Q]:
    """(a, b) beyond (x, y): a = x and b beyond y, then a beyond x."""
    for last in reversed(range(len(ordering))):
        same = Q(**{field.removeprefix("-"): values[place] for place, field in enumerate(ordering[:last])})
        comparison = "lt" if ordering[last].startswith("-") else "gt"
        yield same & Q(**{f"{ordering[last].removeprefix('-')}__{comparison}": values[last]})


def _value(row: Any, field: str) -> Any:
    """A row's value of an ordering field, which may span relations (`batch__created_at`)."""
    for name in field.split("__"):
        row = row[name] if isinstance(row, Mapping) else getattr(row, name)
    if isinstance(row, datetime):
        return row.isoformat()
    # Whose text has the order that PostgreSQL has for them.
    return str(row) if isinstance(row, UUID) else row

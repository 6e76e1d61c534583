"""Where a page of a list begins: the ordering's values of the row before it, signed. For lists and pages alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
SALT = "keyset"


class NotOurs(Exception):
    """The cursor was made up or changed."""


class OfAnotherList(Exception):
    """The cursor belongs to a list that is ordered in another way."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place between two rows: the ordering's values of the row that it follows (or, backwards, precedes)."""

    values: tuple[Any, ...]
    is_backward: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows, and the cursors of what follows and precedes them; empty at the ends."""

    rows: Sequence[M]
    next_cursor: str
    previous_cursor: str


def encode(row: Any, ordering: Sequence[str], *, is_backward: bool = False) -> str:
    """The place after (or before) `row`. The ordering is signed with it, so that a value always fits its field."""
    values = [_value(row, field.removeprefix("-")) for field in ordering]
    return signing.dumps([",".join(ordering), is_backward, *values], salt=SALT)


def decode(text: str, ordering: Sequence[str]) -> Cursor:
    """What `encode` wrote for the same ordering. Raises NotOurs, OfAnotherList."""
    try:
        of, is_backward, *values = signing.loads(text, salt=SALT)
    except signing.BadSignature as error:
        raise NotOurs from error
    if of != ",".join(ordering):
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
        ordering = [field[1:] if field.startswith("-") else f"-{field}" for field in ordering]
    rows = [row for part in parts for row in _first(part, ordering, cursor, limit=limit)]
    if len(parts) > 1:
        for field in reversed(ordering):
            rows.sort(key=lambda row: _value(row, field.removeprefix("-")), reverse=field.startswith("-"))
    return rows[:limit]


def ahead_of(parts: Sequence[QuerySet[M]], ordering: Sequence[str], row: M) -> int:
    """How many rows of the list come before `row`."""
    turned = [field[1:] if field.startswith("-") else f"-{field}" for field in ordering]
    values = [_value(row, field.removeprefix("-")) for field in ordering]
    ranges = list(_ranges(turned, values))
    return sum(part.filter(range_).order_by().count() for part in parts for range_ in ranges)


def _first(part: QuerySet[M], ordering: Sequence[str], cursor: Cursor | None, *, limit: int) -> list[M]:
    """One statement, or as many as there are fields: the rows that share the cursor's values but for the last, then
    those that share fewer. Each is a range of an index on the ordering. With all of them in one condition the rows
    before it would be read too, where many are equal but for their ids, such as those that one import made.
    """
    if cursor is None:
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
    return row.isoformat() if isinstance(row, datetime) else row

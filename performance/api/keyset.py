"""Where a page of a list begins: the ordering's values of the row before it, signed. For lists and pages alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, TypeVar

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


def beyond(queryset: QuerySet[M], ordering: Sequence[str], cursor: Cursor | None) -> QuerySet[M]:
    """The rows after the cursor, in order; those before it, the nearest first, where it looks backwards.

    The last field of `ordering` must be unique and none of them null.
    """
    if cursor is None:
        return queryset.order_by(*ordering)
    if cursor.is_backward:
        ordering = [field[1:] if field.startswith("-") else f"-{field}" for field in ordering]
    return queryset.order_by(*ordering).filter(_condition(ordering, cursor.values))


def _condition(ordering: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) beyond (x, y): a beyond x, or a = x and b beyond y; the first conjunct lets an index on `a` be used."""

    def step(rest: Q | None, pair: tuple[str, Any]) -> Q:
        field, value = pair
        name, comparison = (field[1:], "lt") if field.startswith("-") else (field, "gt")
        strictly = Q(**{f"{name}__{comparison}": value})
        return strictly if rest is None else Q(**{f"{name}__{comparison}e": value}) & (strictly | rest)

    condition: Q | None = reduce(step, reversed(list(zip(ordering, values, strict=True))), None)
    return condition or Q()


def _value(row: Any, field: str) -> Any:
    """A row's value of an ordering field, which may span relations (`batch__created_at`)."""
    for name in field.split("__"):
        row = row[name] if isinstance(row, Mapping) else getattr(row, name)
    return row.isoformat() if isinstance(row, datetime) else row

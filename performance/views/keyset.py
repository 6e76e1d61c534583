"""Pages of long lists by the last row seen, which cost the same at row 50 and at row 500,000."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
SALT = "keyset"


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by: a field that is never null, ties broken by id in the same direction."""

    field: str
    is_descending: bool = False

    @property
    def terms(self) -> tuple[str, str]:
        sign = "-" if self.is_descending else ""
        return f"{sign}{self.field}", f"{sign}pk"


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[M]):
    """Rows, and the cursor of what follows them; empty at the end."""

    rows: Sequence[M]
    next_cursor: str
    is_first: bool


def keyset_page(queryset: QuerySet[M], *, order: Order, cursor: str, size: int) -> KeysetPage[M]:
    """The `size` rows after `cursor`. A cursor that can't be read, or of another order, is the first page."""
    after = _decode(cursor, order)
    if after is not None:
        queryset = queryset.filter(_beyond(order, *after))
    rows = list(queryset.order_by(*order.terms)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return KeysetPage(rows, _encode(rows[-1], order) if more else "", is_first=after is None)


def _beyond(order: Order, value: Any, pk: int) -> Q:
    past = "lt" if order.is_descending else "gt"
    # `field__gte` is implied; said, it lets the planner start in an index at the right place.
    return Q(**{f"{order.field}__{past}e": value}) & (
        Q(**{f"{order.field}__{past}": value}) | Q(**{order.field: value, f"pk__{past}": pk})
    )


def _encode(row: Model, order: Order) -> str:
    value: Any = row
    for part in order.field.split("__"):
        value = getattr(value, part)
    if isinstance(value, datetime):
        value = value.isoformat()
    return signing.dumps([order.terms[0], value, row.pk], salt=SALT)


def _decode(cursor: str, order: Order) -> tuple[Any, int] | None:
    """What `_encode` wrote for the same order; signed, so that a value always fits its field."""
    try:
        term, value, pk = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        return None
    return (value, pk) if term == order.terms[0] else None

"""Pages of long lists by the last row seen, which cost the same at row 50 and at row 500,000."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from django.db.models import QuerySet

from performance.api.keyset import Cursor, M, NotOurs, OfAnotherList, beyond, decode, encode


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
    after = _decoded(cursor, order)
    rows = list(beyond(queryset, order.terms, after)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return KeysetPage(rows, encode(rows[-1], order.terms) if more else "", is_first=after is None)


def _decoded(cursor: str, order: Order) -> Cursor | None:
    try:
        return decode(cursor, order.terms)
    except (NotOurs, OfAnotherList):
        return None

"""Pages of long lists by the last row seen, which cost the same at row 50 and at row 500,000."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from performance.api.keyset import Cursor, M, NotOurs, OfAnotherList, Page, decode, page_at


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by: a field that is never null, ties broken by id in the same direction."""

    field: str
    is_descending: bool = False

    @property
    def terms(self) -> tuple[str, str]:
        sign = "-" if self.is_descending else ""
        return f"{sign}{self.field}", f"{sign}pk"


def keyset_page(queryset: QuerySet[M], *, order: Order, cursor: str, size: int) -> Page[M]:
    """The `size` rows at `cursor`. A cursor that can't be read, or of another order, is the first page."""
    return page_of([queryset], ordering=order.terms, cursor=cursor, size=size)


def page_of(parts: Sequence[QuerySet[M]], *, ordering: Sequence[str], cursor: str, size: int) -> Page[M]:
    """The same of a list in parts that share no row (`performance.api.keyset.beyond`)."""
    return page_at(parts, ordering=ordering, cursor=_decoded(cursor, ordering), size=size)


def _decoded(cursor: str, ordering: Sequence[str]) -> Cursor | None:
    try:
        return decode(cursor, ordering)
    except (NotOurs, OfAnotherList):
        return None

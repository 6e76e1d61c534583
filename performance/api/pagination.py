"""Pages of a list: numbered, or by a cursor, which is stable while rows are inserted and as fast at the end as at the
beginning. Both have the same members (`Page`), and each leads on to the other where its own way ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from performance.api.keyset import END, Cursor, narrowed, signed, turned
from performance.api.lists.statement import LAST_NUMBERED_ROW, Rows, Wanted
from performance.api.lists.totals import Total, Totals

# A page's address within its list: query parameters. Empty is the first page.
Place = Mapping[str, str]
FIRST: Place = {}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: `parts` are its rows, as one queryset or as several that share no row.

    The last field of the ordering must be unique and none of them null. Cursors hold for lists of the same name.
    """

    name: str
    parts: Sequence[QuerySet[Any]]
    wanted: Wanted
    # As many rows as the parts have, which may be counted with less effort.
    counted: Sequence[QuerySet[Any]] = ()

    @property
    def totals(self) -> Totals:
        return Totals(self.counted or self.parts)

    def sign(self, cursor: Cursor) -> Place:
        return {"cursor": signed(cursor, self.wanted.ordering, of=self.name)}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as JSON texts, their values of the ordering, and the places of other pages; None where there is none.
    `number` is a numbered page's.
    """

    texts: Sequence[str]
    values: Sequence[tuple[str, ...]]
    total: Total
    limit: int
    next: Place | None
    previous: Place | None
    last: Place | None
    number: int | None = None

    @property
    def pages(self) -> int:
        return -(-self.total.rows // self.limit)


def paginate(listing: Listing, *, number: int, limit: int) -> Page:
    """The page of this number, from 1. It must end within LAST_NUMBERED_ROW."""
    totals = listing.totals
    skip = (number - 1) * limit
    rows = listing.wanted.fetch(listing.parts, limit=limit + 1, skip=skip, count=totals.statement)
    has_more, shown = len(rows.texts) > limit, rows.texts[:limit]
    total = totals.total(rows.counted, known=skip + len(shown) if shown and not has_more else None)
    return Page(
        shown,
        rows.places[:limit],
        total,
        limit,
        next=_onward(listing, number, rows, limit=limit) if has_more else None,
        previous=_numbered(listing, number - 1, limit=limit) if number > 1 else None,
        last=_last(listing, total, limit=limit),
        number=number,
    )


def paginate_cursor(listing: Listing, *, cursor: Cursor | None, limit: int) -> Page:
    """The page at the cursor; without one, the first."""
    totals = listing.totals
    rows = _at(listing, cursor, limit=limit + 1, totals=totals)
    has_more, texts, places = len(rows.texts) > limit, list(rows.texts[:limit]), list(rows.places[:limit])
    is_backward = cursor is not None and cursor.is_backward
    if is_backward:
        texts.reverse()
        places.reverse()
    has_next = cursor is not None and bool(cursor.values) if is_backward else has_more
    has_previous = has_more if is_backward else cursor is not None
    return Page(
        texts,
        places,
        totals.total(rows.counted, known=len(texts) if not has_next and not has_previous else None),
        limit,
        next=listing.sign(Cursor(places[-1])) if places and has_next else None,
        previous=listing.sign(Cursor(places[0], is_backward=True)) if places and has_previous else None,
        last=listing.sign(END) if places else None,
    )


def _at(listing: Listing, cursor: Cursor | None, *, limit: int, totals: Totals) -> Rows:
    wanted, values = listing.wanted, cursor.values if cursor else ()
    if cursor is not None and cursor.is_backward:
        wanted = Wanted(wanted.shape, turned(wanted.ordering), wanted.carried)
    chosen = [narrow for part in listing.parts for narrow in narrowed(part, wanted.ordering, values)]
    return wanted.fetch(chosen, limit=limit, count=totals.statement)


def _onward(listing: Listing, number: int, rows: Rows, *, limit: int) -> Place:
    """What follows a page that is full: the next by its number or, where these end, by the cursor of its last row."""
    return _numbered(listing, number + 1, limit=limit) or listing.sign(Cursor(rows.places[limit - 1]))


def _numbered(listing: Listing, number: int, *, limit: int) -> Place | None:
    return {"page": str(number)} if number * limit <= LAST_NUMBERED_ROW else None


def _last(listing: Listing, total: Total, *, limit: int) -> Place | None:
    """The last page by its number where it is known and has one, else by the cursor that looks back from the end."""
    if not total.rows:
        return None
    number = -(-total.rows // limit)
    return (None if total.is_estimate else _numbered(listing, number, limit=limit)) or listing.sign(END)

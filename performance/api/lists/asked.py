"""What a request asks of a list or a detail: which page, which order, which fields. Each fault names its parameter."""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from django.conf import settings
from rest_framework.exceptions import ValidationError

from performance.api.keyset import Cursor, NotOurs, OfAnotherList, decode, turned
from performance.api.lists.shape import Shape, UnknownField
from performance.api.lists.statement import LAST_NUMBERED_ROW
from performance.api.pagination import Listing, Page, paginate, paginate_cursor

PAGE, CURSOR, LIMIT, PER_PAGE, FIELDS, ORDERING = "page", "cursor", "limit", "per_page", "fields", "ordering"
PAGING = (PAGE, LIMIT, PER_PAGE, CURSOR)
# More fields than any list has; what is longer isn't looked at.
_LONGEST_FIELDS = 2_000


def page_of(listing: Listing, query: Mapping[str, str]) -> Page:
    """The page that is asked for, by its number or by a cursor; the first if neither is. Raises ValidationError."""
    limit = _limit(query)
    if PAGE in query:
        if CURSOR in query:
            _refuse(PAGE, "Ask for a page by its number or by a cursor, not by both.")
        number = _whole(query[PAGE])
        most = LAST_NUMBERED_ROW // limit
        if not 1 <= number <= most:
            _refuse(PAGE, f"It must be a whole number from 1 to {most}; beyond that follow `next`, which is a cursor.")
        return paginate(listing, number=number, limit=limit)
    return paginate_cursor(listing, cursor=_cursor(query, listing), limit=limit)


def shape_of(shape: Shape, query: Mapping[str, str]) -> Shape:
    """The shape, or the part of it that `fields` names. Raises ValidationError."""
    if FIELDS not in query:
        return shape
    asked = query[FIELDS]
    if len(asked) > _LONGEST_FIELDS:
        _refuse(FIELDS, f"It is longer than {_LONGEST_FIELDS} characters.")
    try:
        return shape.picked([path.strip() for path in asked.split(",")])
    except UnknownField as error:
        known = f"there are {', '.join(error.known)}" if error.known else "it has no fields of its own"
        _refuse(FIELDS, f"There is no field “{error.name}” here; {known}.")


def ordering_of(
    query: Mapping[str, str], *, default: Sequence[str], others: Mapping[str, Sequence[str]]
) -> Sequence[str]:  # fmt: skip
    """The ordering that is asked for: a name of `others`, turned round by a minus. Raises ValidationError."""
    if ORDERING not in query:
        return default
    asked = query[ORDERING]
    terms = others.get(asked.removeprefix("-"))
    if terms is None:
        there = ", ".join(f"{name}, -{name}" for name in others)
        _refuse(ORDERING, f"This list can be ordered by {there}." if others else "This list has one order.")
    return turned(terms) if asked.startswith("-") else terms


def _limit(query: Mapping[str, str]) -> int:
    name = LIMIT if LIMIT in query else PER_PAGE
    if name not in query:
        return int(settings.PAGINATION_DEFAULT_PER_PAGE)
    if LIMIT in query and PER_PAGE in query and query[LIMIT] != query[PER_PAGE]:
        _refuse(PER_PAGE, "It is another name of `limit`: give one of them.")
    limit, most = _whole(query[name]), int(settings.PAGINATION_MAX_PER_PAGE)
    if not 1 <= limit <= most:
        _refuse(name, f"It must be a whole number from 1 to {most}.")
    return limit


def _whole(text: str) -> int:
    """A number of at most nine digits, since thousands of them would take seconds to read; else -1."""
    return int(text) if len(text) <= 9 and text.isascii() and text.isdecimal() else -1


def _cursor(query: Mapping[str, str], listing: Listing) -> Cursor | None:
    if CURSOR not in query:
        return None
    try:
        return decode(query[CURSOR], listing.wanted.ordering, of=listing.name)
    except NotOurs:
        _refuse(CURSOR, "It isn't one of ours; begin again without it.")
    except OfAnotherList:
        _refuse(CURSOR, "It belongs to another list; begin again without it.")


def _refuse(parameter: str, sentence: str) -> NoReturn:
    raise ValidationError({parameter: [sentence]})

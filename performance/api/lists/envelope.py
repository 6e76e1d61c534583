"""The body of a page, and the addresses of the others."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, QueryDict

from performance.api.finished import FinishedJson
from performance.api.lists.asked import CURSOR, PAGE
from performance.api.pagination import FIRST, Page, Place

_IDS = {"id", "pk"}
_RELATIONS = {"first": "first", "last": "last", "next": "next", "previous": "prev"}


def answer_of(page: Page, request: HttpRequest, *, ordering: Sequence[str]) -> FinishedJson:
    head, header = head_of(page, request)
    return FinishedJson(
        orjson.dumps(head)[:-1] + b',"results":' + array_of(page.texts) + b"}",
        headers={"Link": header},
        keys=_keys(page, ordering),
    )


def head_of(page: Page, request: HttpRequest) -> tuple[dict[str, Any], str]:
    """What stands before the rows, and the header Link."""
    links = _links(page, request)
    head = {
        **links,
        "has_next": page.next is not None,
        "has_prev": page.previous is not None,
        "total": page.total.rows,
        "total_is_estimate": page.total.is_estimate,
        "pages": page.pages,
        "page": page.number,
        "limit": page.limit,
    }
    return head, ", ".join(f'<{links[name]}>; rel="{rel}"' for name, rel in _RELATIONS.items() if links[name])


def _keys(page: Page, ordering: Sequence[str]) -> Sequence[int] | None:
    """Ids of the rows, where the ordering ends with them."""
    is_told = ordering[-1].removeprefix("-") in _IDS
    # Rows that are told apart by a UUID aren't followed one by one.
    if not is_told or not all(values[-1].isdecimal() for values in page.values):
        return None
    return [int(values[-1]) for values in page.values]


def array_of(texts: Sequence[str]) -> bytes:
    return f"[{','.join(texts)}]".encode()


def with_members(text: str, members: Mapping[str, Any]) -> bytes:
    """A JSON object with more members."""
    if not members:
        return text.encode()
    body = orjson.dumps(members)
    return body if text == "{}" else text[:-1].encode() + b"," + body[1:]


def _links(page: Page, request: HttpRequest) -> dict[str, str | None]:
    base = request.build_absolute_uri(request.path)
    kept = [(name, value) for name, value in _pairs(request.GET) if name not in {CURSOR, PAGE}]
    places = {"next": page.next, "previous": page.previous, "first": FIRST, "last": page.last}
    return {name: _link(base, kept, place) for name, place in places.items()}


def _link(base: str, kept: Sequence[tuple[str, str]], place: Place | None) -> str | None:
    if place is None:
        return None
    query = urlencode([*kept, *place.items()])
    return f"{base}?{query}" if query else base


def _pairs(query: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name, values in query.lists() for value in values]

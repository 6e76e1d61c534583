"""Pages of a list, by cursor: stable while rows are inserted, and as fast on the last page as on the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

SALT = "cursor"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place between two rows: the ordering's values of the row that it follows (or, backwards, precedes)."""

    values: tuple[Any, ...]
    is_backward: bool = False


class CursorPagination(BasePagination):
    """Keyset pages over the view's `ordering`, whose last field must be unique and none of them null.

    DRF's own cursor counts an offset among equal values of the first field and gives up at 1,000 of them, which a
    ranking by score reaches; this one compares all the fields.
    """

    cursor_query_param = "cursor"
    page_size_query_param = "per_page"

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: object = None) -> list[Any]:
        self.url = request.build_absolute_uri()
        self.ordering: Sequence[str] = getattr(view, "ordering", ("-id",))
        size = _page_size(request, self.page_size_query_param)
        cursor = _decode(request.query_params.get(self.cursor_query_param), len(self.ordering))
        rows = list(_after(queryset, self.ordering, cursor)[: size + 1])
        has_more, rows = len(rows) > size, rows[:size]
        is_backward = cursor is not None and cursor.is_backward
        if is_backward:
            rows.reverse()
        has_next, has_previous = (True, has_more) if is_backward else (has_more, cursor is not None)
        self.next = self._link(rows[-1], is_backward=False) if has_next and rows else None
        self.previous = self._link(rows[0], is_backward=True) if has_previous and rows else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        links = [f'<{url}>; rel="{rel}"' for rel, url in (("next", self.next), ("prev", self.previous)) if url]
        return Response(
            {"next": self.next, "previous": self.previous, "results": data},
            headers={"Link": ", ".join(links)} if links else {},
        )

    def get_schema_operation_parameters(self, view: object) -> list[dict[str, Any]]:
        return [
            {
                "name": self.cursor_query_param,
                "in": "query",
                "description": "The page to show: follow `next` and `previous`, don't make cursors up.",
                "schema": {"type": "string"},
            },
            {
                "name": self.page_size_query_param,
                "in": "query",
                "description": f"Rows a page, {settings.PAGINATION_DEFAULT_PER_PAGE} unless said.",
                "schema": {"type": "integer", "minimum": 1, "maximum": settings.PAGINATION_MAX_PER_PAGE},
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def _link(self, row: Any, *, is_backward: bool) -> str:
        values = [_value(row, field.removeprefix("-")) for field in self.ordering]
        cursor = signing.dumps([is_backward, *values], salt=SALT)
        return replace_query_param(self.url, self.cursor_query_param, cursor)


def _page_size(request: Request, parameter: str) -> int:
    raw = request.query_params.get(parameter)
    if raw is None:
        return int(settings.PAGINATION_DEFAULT_PER_PAGE)
    maximum = int(settings.PAGINATION_MAX_PER_PAGE)
    if not (raw.isascii() and raw.isdecimal() and 1 <= int(raw[:9]) <= maximum):
        raise ValidationError({parameter: [f"It must be a whole number from 1 to {maximum}."]})
    return int(raw)


def _decode(raw: str | None, width: int) -> Cursor | None:
    if raw is None:
        return None
    try:
        is_backward, *values = signing.loads(raw, salt=SALT)
    except signing.BadSignature as error:
        raise ValidationError({"cursor": ["It isn't one of ours; begin again without it."]}) from error
    if len(values) != width:
        raise ValidationError({"cursor": ["It belongs to another list; begin again without it."]})
    return Cursor(tuple(values), is_backward)


def _after(queryset: QuerySet[Any], ordering: Sequence[str], cursor: Cursor | None) -> QuerySet[Any]:
    if cursor is None:
        return queryset.order_by(*ordering)
    if cursor.is_backward:
        ordering = [field[1:] if field.startswith("-") else f"-{field}" for field in ordering]
    return queryset.order_by(*ordering).filter(_beyond(ordering, cursor.values))


def _beyond(ordering: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) beyond (x, y): a beyond x, or a = x and b beyond y; the first conjunct lets an index on `a` be used."""

    def step(rest: Q | None, pair: tuple[str, Any]) -> Q:
        field, value = pair
        name, comparison = (field[1:], "lt") if field.startswith("-") else (field, "gt")
        strictly = Q(**{f"{name}__{comparison}": value})
        return strictly if rest is None else Q(**{f"{name}__{comparison}e": value}) & (strictly | rest)

    beyond: Q | None = reduce(step, reversed(list(zip(ordering, values, strict=True))), None)
    return beyond or Q()


def _value(row: Any, field: str) -> Any:
    """A row's value of an ordering field, which may span relations (`batch__created_at`)."""
    for name in field.split("__"):
        row = row[name] if isinstance(row, Mapping) else getattr(row, name)
    return row.isoformat() if isinstance(row, datetime) else row

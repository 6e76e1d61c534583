"""Pages of a list, by cursor: stable while rows are inserted, and as fast on the last page as on the first."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from performance.api.keyset import Cursor, NotOurs, OfAnotherList, decode, page_at


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
        cursor = _cursor(request, self.ordering)
        page = page_at(self.parts(queryset, view), ordering=self.ordering, cursor=cursor, size=size)
        self.next, self.previous = self._link(page.next_cursor), self._link(page.previous_cursor)
        return list(page.rows)

    def parts(self, queryset: QuerySet[Any], view: Any) -> Sequence[QuerySet[Any]]:
        """The list, as one queryset or as several that share no row."""
        return [queryset]

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

    def _link(self, cursor: str) -> str | None:
        return replace_query_param(self.url, self.cursor_query_param, cursor) if cursor else None


def _page_size(request: Request, parameter: str) -> int:
    raw = request.query_params.get(parameter)
    if raw is None:
        return int(settings.PAGINATION_DEFAULT_PER_PAGE)
    maximum = int(settings.PAGINATION_MAX_PER_PAGE)
    # At most nine digits are read: thousands of them would take seconds.
    if not (len(raw) <= 9 and raw.isascii() and raw.isdecimal() and 1 <= int(raw) <= maximum):
        raise ValidationError({parameter: [f"It must be a whole number from 1 to {maximum}."]})
    return int(raw)


def _cursor(request: Request, ordering: Sequence[str]) -> Cursor | None:
    raw = request.query_params.get(CursorPagination.cursor_query_param)
    if raw is None:
        return None
    try:
        return decode(raw, ordering)
    except NotOurs as error:
        raise ValidationError({"cursor": ["It isn't one of ours; begin again without it."]}) from error
    except OfAnotherList as error:
        raise ValidationError({"cursor": ["It belongs to another list; begin again without it."]}) from error

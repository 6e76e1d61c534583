"""How lists and details stand in the OpenAPI schema."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.pagination import BasePagination

from performance.api.lists.asked import CURSOR, FIELDS, LIMIT, ORDERING, PAGE, PER_PAGE
from performance.api.lists.statement import LAST_NUMBERED_ROW

Handler = TypeVar("Handler", bound=Callable[..., Any])

_FIELDS = "Only these fields, separated by commas; those of an object in it after a dot: `id,company.name`."
_ADDRESS = "https://assay.example/api/v1/prospects"
_LINKS = {"next": f"{_ADDRESS}?cursor=W10", "previous": None, "first": _ADDRESS, "last": f"{_ADDRESS}?cursor=WzFd"}
_MEMBERS: dict[str, tuple[dict[str, Any], str]] = {
    "has_next": ({"type": "boolean", "example": True}, ""),
    "has_prev": ({"type": "boolean", "example": False}, ""),
    "total": ({"type": "integer", "minimum": 0, "example": 120}, "Rows of the whole list"),
    "total_is_estimate": ({"type": "boolean", "example": False}, "A long list isn't counted to its end"),
    "pages": (
        {"type": "integer", "minimum": 0, "example": 3},
        "Pages of this size; an estimate where the total is one",
    ),
    "page": (
        {"type": "integer", "nullable": True, "example": None},
        "The number of this page, where it was asked for by one",
    ),
    "limit": ({"type": "integer", "minimum": 1, "example": 50}, "Rows a page"),
}


class Pages(BasePagination):
    """What `performance.api.pagination` and `performance.api.lists.envelope` do, described. It does nothing itself."""

    @staticmethod
    def fields(handler: Handler) -> Handler:
        """Decorates the `get` of a detail: says that it takes `fields`."""
        return extend_schema(parameters=[OpenApiParameter(FIELDS, str, description=_FIELDS)])(handler)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        most = {"type": "integer", "minimum": 1, "maximum": settings.PAGINATION_MAX_PER_PAGE}
        size = f"Rows a page, {settings.PAGINATION_DEFAULT_PER_PAGE} unless said."
        numbered = f"A page by its number. Numbers end at row {LAST_NUMBERED_ROW:,}; there `next` is a cursor."
        parameters = [
            _parameter(PAGE, {"type": "integer", "minimum": 1, "maximum": LAST_NUMBERED_ROW}, numbered),
            _parameter(LIMIT, most, size),
            _parameter(PER_PAGE, most, "Another name of `limit`."),
            _parameter(CURSOR, {"type": "string"}, "A page by its place: follow the links, don't make cursors up."),
            _parameter(FIELDS, {"type": "string"}, _FIELDS),
        ]
        if view.orderings:
            names = [term for name in view.orderings for term in (name, f"-{name}")]
            parameters.append(_parameter(ORDERING, {"type": "string", "enum": names}, "A minus turns the order round."))
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        links = {name: {**link, "example": example} for name, example in _LINKS.items()}
        members = {name: {**of, "description": text} if text else of for name, (of, text) in _MEMBERS.items()}
        properties = {**links, **members, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}

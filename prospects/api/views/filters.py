"""Saved filters of prospects."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from performance.access.permissions import user_of
from performance.api.idempotency import idempotent
from performance.api.lists.views import DetailView, ListView
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from prospects.api.serializers.filters import SAVED_FILTER, SavedFilterRequestSerializer, SavedFilterSerializer
from prospects.api.serializers.prospects import filter_of
from prospects.filters.models import SavedFilter
from prospects.filters.services import change_filter, save_filter


class FiltersView(CachedReads, ListView[SavedFilter]):
    """All saved filters, by name."""

    cache_tags = ("filters",)
    required_permissions = {"GET": ["prospects.view_savedfilter"], "POST": ["prospects.add_savedfilter"]}
    problems = {409: "There is a filter of that name already"}
    serializer_class = SavedFilterSerializer
    shape = SAVED_FILTER
    queryset = SavedFilter.objects.all()
    ordering = ("name", "pk")
    orderings = {"name": ("name", "pk"), "updated_at": ("updated_at", "pk")}

    @extend_schema(
        request=SavedFilterRequestSerializer,
        responses={201: SavedFilterSerializer},
        description="Keep a filter by a name. Runs and research ask for it as `saved_filter`, and get the prospects "
        "that match then.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        saved = save_filter(**_asked(request), owner=user_of(request))
        return Response(
            SavedFilterSerializer(saved).data, status=201, headers={"Location": f"/api/v1/filters/{saved.pk}"}
        )


class FilterView(CachedReads, DetailView[SavedFilter]):
    """One saved filter."""

    cache_tags = ("filters",)
    required_permissions = {
        "GET": ["prospects.view_savedfilter"],
        "PUT": ["prospects.change_savedfilter"],
        "DELETE": ["prospects.delete_savedfilter"],
    }
    problems = {409: "There is another filter of that name"}
    serializer_class = SavedFilterSerializer
    shape = SAVED_FILTER
    lookups = {"filter_id": "pk"}
    queryset = SavedFilter.objects.all()

    @extend_schema(
        request=SavedFilterRequestSerializer,
        responses=SavedFilterSerializer,
        description="Give it another name or filter.",
    )
    def put(self, request: Request, filter_id: int) -> Response:
        saved = generics.get_object_or_404(SavedFilter, pk=filter_id)
        return Response(SavedFilterSerializer(change_filter(saved, **_asked(request))).data)

    @extend_schema(responses={204: None}, description="The prospects stay, and so does what was made of them.")
    def delete(self, request: Request, filter_id: int) -> Response:
        generics.get_object_or_404(SavedFilter, pk=filter_id).delete()
        return Response(status=204)


def _asked(request: Request) -> Mapping[str, Any]:
    asked = body_of(request, SavedFilterRequestSerializer)
    return {"name": asked["name"], "wanted": filter_of(asked)}

"""Pages that crawls read, and what they said."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.lists.filters import Filters
from performance.api.lists.views import DetailView, ListView
from performance.api.reads.mixin import CachedReads
from prospects.api.serializers.pages import (
    PAGE,
    PAGE_IN_LIST,
    PageInListSerializer,
    PageSerializer,
    PageTextSerializer,
)
from prospects.pages.models import Page
from prospects.pages.parsed import KINDS
from prospects.pages.texts import texts_of

VIEW = ["prospects.view_page"]
VIEW_TEXT = [*VIEW, "prospects.view_pagetext"]


class PageFilterSet(Filters):
    """Pages; without a site those that were read."""

    search = django_filters.CharFilter(
        max_length=200, help_text="Words of the page's text, or their beginnings; all of them"
    )
    site = django_filters.CharFilter(max_length=253, help_text="Registrable domain, exactly")
    kind = django_filters.ChoiceFilter(choices=[(kind, kind) for kind in KINDS])
    change = django_filters.ChoiceFilter(choices=Page.Change.choices)
    outcome = django_filters.ChoiceFilter(choices=Page.Outcome.choices, help_text="Of a site; others than read")

    @classmethod
    def narrowed(cls, queryset: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
        others = dict(asked)
        search, site = others.pop("search", ""), others.pop("site", "")
        if others.get("outcome", "read") != "read" and not site:
            raise ValidationError(
                {"outcome": ["Say of which site: across sites only pages that were read are listed."]}
            )
        pages: Any = queryset
        narrowed: QuerySet[Any] = super().narrowed(pages.for_list(search=search, site=site.lower()), others)
        return narrowed


class PageChangeFilterSet(Filters):
    """Pages that changed."""

    site = django_filters.CharFilter(max_length=253, help_text="Registrable domain, exactly")
    change = django_filters.ChoiceFilter(choices=[("new", "New"), ("changed", "Changed"), ("removed", "Removed")])


class PagesView(CachedReads, ListView[Page]):
    """Pages, the latest read first; of one site with those that couldn't be read, and why."""

    cache_tags = ("pages",)
    required_permissions = {"GET": VIEW}
    serializer_class = PageInListSerializer
    shape = PAGE_IN_LIST
    queryset = Page.objects.all()
    filterset_class = PageFilterSet
    ordering = ("-fetched_at", "id")

    def _filtered(self, parts: Any, query: Mapping[str, str]) -> Any:
        """Also where nothing is asked for, the list is of pages that were read."""
        asked = PageFilterSet.read(query)
        return [PageFilterSet.narrowed(part, asked) for part in parts]


class PageChangesView(CachedReads, ListView[Page]):
    """Pages that were new, changed or removed at their last visit, the latest first."""

    cache_tags = ("pages",)
    required_permissions = {"GET": VIEW}
    serializer_class = PageInListSerializer
    shape = PAGE_IN_LIST
    queryset = Page.objects.changed()
    filterset_class = PageChangeFilterSet
    ordering = ("-changed_at", "id")


class PageView(CachedReads, DetailView[Page]):
    """One page, with its links."""

    cache_tags = ("pages",)
    required_permissions = {"GET": VIEW}
    serializer_class = PageSerializer
    shape = PAGE
    lookups = {"page_id": "pk"}
    queryset = Page.objects.all()


class PageTextView(CachedReads):
    """What a page said, by the hash that pages and values name; a text never changes."""

    required_permissions = {"GET": VIEW_TEXT}

    @extend_schema(responses=PageTextSerializer)
    def get(self, request: Request, text_id: UUID) -> Response:
        found = texts_of([text_id])
        if text_id not in found:
            raise Http404
        return Response(PageTextSerializer(found[text_id]).data)

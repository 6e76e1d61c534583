"""Crawls of sites: asked for, watched, called off."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import user_of
from performance.api.idempotency import idempotent
from performance.api.lists.filters import Filters, IdFilter
from performance.api.lists.views import DetailView, ListView, tagged
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from prospects.api.serializers.crawl import (
    CRAWL,
    CRAWL_IN_LIST,
    CrawlInListSerializer,
    CrawlRequestSerializer,
    CrawlSerializer,
    CrawlsStartedSerializer,
)
from prospects.crawl.models import CrawlJob
from prospects.crawl.options import CrawlOptions
from prospects.crawl.services import cancel_crawl, submit_crawls

VIEW = ["prospects.view_crawljob"]
_EXAMPLE = OpenApiExample(
    "Two sites, one from its German pages on",
    value={"sites": ["acme.com", "https://example.org/de/"], "max_pages": 10, "exclude": ["*/blog/*"]},
    request_only=True,
)


class CrawlFilterSet(Filters):
    """Crawls."""

    state = django_filters.ChoiceFilter(choices=CrawlJob.State.choices)
    site = django_filters.CharFilter(max_length=253, help_text="Registrable domain, exactly")
    batch = IdFilter(field_name="batch_id", help_text="Id of a batch")
    company = IdFilter(field_name="company_id", help_text="Id of a company")


class CrawlsView(CachedReads, ListView[CrawlJob]):
    """All crawls, newest first."""

    cache_tags = ("crawls",)
    required_permissions = {"GET": VIEW, "POST": ["prospects.add_crawljob"]}
    limit = {"POST": "crawl"}
    serializer_class = CrawlInListSerializer
    shape = CRAWL_IN_LIST
    queryset = CrawlJob.objects.all()
    filterset_class = CrawlFilterSet
    ordering = ("-id",)

    def usual(self, query: Mapping[str, str]) -> Sequence[str]:
        """As the index has them that serves the filter."""
        return ("-created_at", "-id") if query.get("state") else self.ordering

    @extend_schema(
        request=CrawlRequestSerializer,
        responses={202: CrawlsStartedSerializer},
        examples=[_EXAMPLE],
        description="Crawls each site by a job: 202 with the list of them in Location. Sites of an address that is"
        " private, denied by the operator or shared by many companies are refused.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = body_of(request, CrawlRequestSerializer)
        crawls = submit_crawls(
            asked["sites"], options=_options(asked), owner=user_of(request), priority=asked["priority"]
        )
        batch_id = crawls[0].batch_id
        return Response(
            CrawlsStartedSerializer({"batch_id": batch_id, "jobs": crawls}).data,
            status=202,
            headers={"Location": f"/api/v1/crawl/jobs?batch={batch_id}"},
        )


class CrawlView(CachedReads, DetailView[CrawlJob]):
    """One crawl, and what it came to."""

    cache_tags = tagged("crawl:{crawl_id}")
    required_permissions = {"GET": VIEW}
    serializer_class = CrawlSerializer
    shape = CRAWL
    lookups = {"crawl_id": "pk"}
    queryset = CrawlJob.objects.all()


class CancelCrawlView(APIView):
    """Calling off a crawl."""

    required_permissions = {"POST": ["prospects.change_crawljob"]}

    @extend_schema(
        request=None,
        responses=CrawlSerializer,
        description="Don't begin it. What is in flight already is read to its end, and kept.",
    )
    def post(self, request: Request, crawl_id: int) -> Response:
        crawl = generics.get_object_or_404(CrawlJob.objects.for_list(), pk=crawl_id)
        cancel_crawl(crawl.pk)
        crawl.refresh_from_db()
        return Response(CrawlSerializer(crawl).data)


def _options(asked: Mapping[str, Any]) -> CrawlOptions:
    return CrawlOptions(
        most_pages=asked.get("max_pages"),
        most_mb=asked.get("max_mb"),
        most_s=asked["max_seconds"],
        most_depth=asked["max_depth"],
        include=tuple(asked["include"]),
        exclude=tuple(asked["exclude"]),
        includes_subdomains=asked["include_subdomains"],
        ttl_s=asked.get("max_age_seconds"),
        is_forced=asked["force"],
    )

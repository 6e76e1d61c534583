"""Web searches: sessions, their queries and results."""

from typing import Any, cast

import django_filters
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from performance.access.permissions import user_of
from performance.api.idempotency import idempotent
from performance.api.lists.filters import Filters, IdFilter
from performance.api.lists.views import DetailView, ListView, tagged
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from prospects.api.search_examples import SEARCH_EXAMPLES, SESSION_EXAMPLE
from prospects.api.serializers.search import (
    QUERY,
    RESULT,
    SESSION,
    SearchFileSerializer,
    SearchQuerySerializer,
    SearchRequestSerializer,
    SearchResultSerializer,
    SearchSessionSerializer,
)
from prospects.search.models import SearchQuery, SearchResult, SearchSession
from prospects.search.query_file import queries_in
from prospects.search.services import SearchPlan, delete_session, submit_search

VIEW = ["prospects.view_searchsession"]


class SearchQueryFilterSet(Filters):
    """Queries of a session."""

    state = django_filters.ChoiceFilter(choices=SearchQuery.State.choices)


class SearchResultFilterSet(Filters):
    """Results of a session."""

    query = IdFilter(field_name="query_id", help_text="Id of a query")
    domain = django_filters.CharFilter(max_length=253, help_text="Registrable domain, exactly")


class SearchSessionsView(CachedReads, ListView[SearchSession]):
    """All search sessions, newest first."""

    cache_tags = ("searches",)
    required_permissions = {"GET": VIEW, "POST": ["prospects.add_searchsession"]}
    limit = "search"
    serializer_class = SearchSessionSerializer
    shape = SESSION
    queryset = SearchSession.objects.all()
    ordering = ("-created_at", "-id")

    @extend_schema(
        request={"application/json": SearchRequestSerializer, "multipart/form-data": SearchFileSerializer},
        responses={202: SearchSessionSerializer},
        examples=[*SEARCH_EXAMPLES, SESSION_EXAMPLE],
        description="Search the web for queries, given as JSON or in a file: 202 with the session's address in "
        "Location. What was asked within SEARCH_CACHE_TTL is answered from the ledger, for nothing.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        session = submit_search(_plan(request), owner=user_of(request))
        body = SearchSessionSerializer(session).data
        return Response(body, status=202, headers={"Location": f"/api/v1/search/sessions/{session.pk}"})


class SearchSessionView(CachedReads, DetailView[SearchSession]):
    """One session and how far it is."""

    cache_tags = tagged("search:{session_id}")
    cache_ttl_s = 1.0  # its batch's counts pass, whatever happens
    required_permissions = {"GET": VIEW, "DELETE": ["prospects.delete_searchsession"]}
    serializer_class = SearchSessionSerializer
    shape = SESSION
    lookups = {"session_id": "pk"}
    queryset = SearchSession.objects.all()

    @extend_schema(
        responses={204: None}, description="Delete a session with its queries and results, once its batch has ended."
    )
    def delete(self, request: Request, session_id: int) -> Response:
        generics.get_object_or_404(SearchSession, pk=session_id)
        delete_session(session_id)
        return Response(status=204)


class SearchQueriesView(CachedReads, ListView[SearchQuery]):
    """A session's queries, in order."""

    cache_tags = tagged("search:{session_id}")
    required_permissions = {"GET": [*VIEW, "prospects.view_searchquery"]}
    serializer_class = SearchQuerySerializer
    shape = QUERY
    queryset = SearchQuery.objects.none()
    filterset_class = SearchQueryFilterSet
    ordering = ("position",)

    def rows(self) -> list[QuerySet[SearchQuery]]:
        return [SearchQuery.objects.filter(session=self.kwargs["session_id"])]

    def parent(self) -> QuerySet[SearchSession]:
        return _sessions(self.kwargs["session_id"])


class SearchResultsView(CachedReads, ListView[SearchResult]):
    """What a session found, by domain, each domain's best result first."""

    cache_tags = tagged("search:{session_id}")
    required_permissions = {"GET": [*VIEW, "prospects.view_searchresult"]}
    serializer_class = SearchResultSerializer
    shape = RESULT
    queryset = SearchResult.objects.none()
    filterset_class = SearchResultFilterSet
    ordering = ("domain", "rank", "id")

    def rows(self) -> list[QuerySet[SearchResult]]:
        found: QuerySet[SearchResult] = SearchResult.objects.filter(session=self.kwargs["session_id"])
        return [found]

    def parent(self) -> QuerySet[SearchSession]:
        return _sessions(self.kwargs["session_id"])


def _sessions(session_id: int) -> QuerySet[SearchSession]:
    found: QuerySet[SearchSession] = SearchSession.objects.filter(pk=session_id)
    return found


def _plan(request: Request) -> SearchPlan:
    if request.FILES:
        asked = body_of(request, SearchFileSerializer)
        file = cast(UploadedFile, asked.pop("file"))
        return _planned(asked, queries=queries_in(cast(Any, file), name=file.name or ""))
    asked = body_of(request, SearchRequestSerializer)
    return _planned(asked, queries=asked.pop("queries"))


def _planned(asked: dict[str, Any], *, queries: list[str]) -> SearchPlan:
    budget, per_query = asked.pop("budget", None), asked.pop("results_per_query")
    return SearchPlan(queries=queries, per_query=per_query, budget_micros=budget, **asked)

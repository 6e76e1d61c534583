"""Shapes of web searches. Money in micro-dollars."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from performance.api.lists.derived import shape_like
from performance.api.money import DollarsField
from performance.jobs.models import Priority
from prospects.api.serializers.priorities import PriorityField
from prospects.search.domains import MOST as MOST_DOMAINS
from prospects.search.engines.configured import MAKERS
from prospects.search.models import SearchQuery, SearchResult, SearchSession

MOST_IN_BODY = 10_000
MOST_RESULTS = 100


class _SearchOptionsSerializer(serializers.Serializer[Any]):
    """How it is searched."""

    title = serializers.CharField(max_length=255, required=False, allow_blank=True)
    engine = serializers.ChoiceField(
        choices=list(MAKERS), required=False, help_text="When absent SEARCH_ENGINE, or the first that is set up"
    )
    country = serializers.RegexField(r"^[A-Za-z]{2}$", required=False, help_text="ISO 3166-1 alpha-2")
    language = serializers.RegexField(r"^[A-Za-z]{2,3}$", required=False, help_text="ISO 639")
    results_per_query = serializers.IntegerField(
        min_value=1, max_value=MOST_RESULTS, default=10, help_text="At most; engines that are paid give ten"
    )
    allow = serializers.ListField(
        child=serializers.CharField(max_length=253), max_length=MOST_DOMAINS, required=False, help_text="Only these"
    )
    deny = serializers.ListField(
        child=serializers.CharField(max_length=253), max_length=MOST_DOMAINS, required=False, help_text="None of these"
    )
    priority = PriorityField(default=Priority.NORMAL, help_text="low, normal, high, urgent, or 1 to 10 (most urgent)")
    budget = DollarsField(required=False, help_text=f"Hard cap in US dollars ({settings.RUN_BUDGET_USD:g})")


class SearchRequestSerializer(_SearchOptionsSerializer):
    """Queries to be searched for."""

    queries = serializers.ListField(
        child=serializers.CharField(max_length=400), allow_empty=False, max_length=MOST_IN_BODY
    )


class SearchFileSerializer(_SearchOptionsSerializer):
    """A file of queries: CSV, XLSX or JSON Lines with the column query, or with one column alone."""

    file = serializers.FileField(max_length=255)


class SearchSessionSerializer(serializers.ModelSerializer[SearchSession]):
    """A session and how far its queries are."""

    batch_id = serializers.IntegerField(allow_null=True)
    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)
    state = serializers.CharField(source="batch.state", default=None, allow_null=True)
    pause_reason = serializers.CharField(source="batch.pause_reason", default=None, allow_null=True)
    total = serializers.IntegerField(source="batch.total", default=None, allow_null=True)
    succeeded = serializers.IntegerField(source="batch.succeeded", default=None, allow_null=True)
    dead = serializers.IntegerField(source="batch.dead", default=None, allow_null=True)
    spent_micros = serializers.IntegerField(source="batch.spent_micros", default=None, allow_null=True)
    finished_at = serializers.DateTimeField(source="batch.finished_at", default=None, allow_null=True)

    class Meta:
        model = SearchSession
        fields = [
            "id",
            "title",
            "engine",
            "country",
            "language",
            "per_query",
            "allow",
            "deny",
            "batch_id",
            "owner",
            "state",
            "pause_reason",
            "total",
            "succeeded",
            "dead",
            "spent_micros",
            "created_at",
            "finished_at",
        ]


class SearchQuerySerializer(serializers.ModelSerializer[SearchQuery]):
    """A question, and what it came to."""

    company_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = SearchQuery
        fields = [
            "id",
            "position",
            "text",
            "company_id",
            "state",
            "is_cached",
            "cost_micros",
            "result_count",
            "error",
            "searched_at",
        ]


class SearchResultSerializer(serializers.ModelSerializer[SearchResult]):
    """A page that an engine named; `is_denied` where the session's lists say that it isn't wanted."""

    query_id = serializers.IntegerField()

    class Meta:
        model = SearchResult
        fields = ["id", "query_id", "rank", "title", "snippet", "url", "domain", "is_denied"]


SESSION = shape_like(SearchSessionSerializer)
QUERY = shape_like(SearchQuerySerializer)
RESULT = shape_like(SearchResultSerializer)

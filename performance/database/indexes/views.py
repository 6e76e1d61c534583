"""GET /api/v1/performance/database/indexing-strategy, and what is done about it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.examples import asked_as
from performance.api.parsing import body_of, validated
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of
from performance.database.indexes import services
from performance.database.indexes.advice import Kind, Method, Severity
from performance.database.indexes.measured import Measured
from performance.database.indexes.models import WHY_LENGTH, IndexAdvice, IndexReview

MOST_SHOWN = 100
READ, ADVISE = "performance.view_metricbucket", "performance.advise_indexes"


class IndexAdviceAskedSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=IndexAdvice.State.values, default=IndexAdvice.State.OPEN)


@asked_as("By a migration", {"why": "Made by the migration 0007."})
class AppliedIndexSerializer(serializers.Serializer[Any]):
    why = serializers.CharField(max_length=WHY_LENGTH, allow_blank=True, default="")


@asked_as("With its reason", {"why": "It is asked once a year."})
class DismissedIndexSerializer(serializers.Serializer[Any]):
    why = serializers.CharField(max_length=WHY_LENGTH, help_text="Why nothing is to be done")


class AdvisedStatementSerializer(serializers.Serializer[Any]):
    """Costs are PostgreSQL's units, with the indexes there are and with what is advised."""

    id = serializers.CharField(help_text="pg_stat_statements' queryid")
    sql = serializers.CharField()
    calls = serializers.IntegerField()
    total_ms = serializers.FloatField()
    before_cost = serializers.FloatField()
    after_cost = serializers.FloatField()


class AdvisedIndexSerializer(serializers.Serializer[Any]):
    keys = serializers.ListField(child=serializers.CharField())
    predicate = serializers.CharField(allow_blank=True)


class MeasuredIndexSerializer(serializers.Serializer[Any]):
    """Of the statements' calls since it was applied: what as many took before, and what they took."""

    calls = serializers.IntegerField()
    before_ms = serializers.FloatField()
    after_ms = serializers.FloatField()
    saved_share = serializers.FloatField(allow_null=True, help_text="Below 0: worse; null until there are 20 calls")


class IndexAdviceSerializer(serializers.Serializer[Any]):
    """A recommendation. Milliseconds are a day's, by estimate; `method` says how they are known."""

    id = serializers.IntegerField()
    fingerprint = serializers.CharField()
    kind = serializers.ChoiceField(choices=[each.value for each in Kind])
    table = serializers.CharField()
    title = serializers.CharField()
    says = serializers.CharField()
    action = serializers.CharField()
    severity = serializers.ChoiceField(choices=[each.value for each in Severity])
    method = serializers.ChoiceField(choices=[each.value for each in Method])
    gain_ms = serializers.FloatField()
    write_ms = serializers.FloatField(help_text="Below 0: spared")
    size_bytes = serializers.IntegerField(help_text="Taken, or given back by an index that goes")
    index = serializers.CharField(allow_blank=True)
    indexes = AdvisedIndexSerializer(many=True)
    migration = serializers.CharField(allow_blank=True, help_text="The text of a Django migration")
    statements = AdvisedStatementSerializer(many=True)
    first_seen_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=IndexAdvice.State.values)
    state_at = serializers.DateTimeField(allow_null=True)
    state_by = serializers.CharField(source="state_by_name", allow_blank=True)
    why = serializers.CharField(allow_blank=True)
    measured = MeasuredIndexSerializer(allow_null=True)


class IndexingStrategySerializer(serializers.Serializer[Any]):
    """`reviewed_at` null: the workload wasn't looked at yet. `refusal` says why there is no advice."""

    reviewed_at = serializers.DateTimeField(allow_null=True)
    method = serializers.ChoiceField(choices=[each.value for each in Method], allow_null=True)
    since = serializers.DateTimeField(allow_null=True, help_text="The statements have been counted since")
    statements = serializers.IntegerField()
    total_ms = serializers.FloatField()
    unread = serializers.IntegerField(help_text="Statements that weren't understood")
    unread_ms = serializers.FloatField()
    refusal = serializers.CharField(allow_blank=True)
    recommendations = IndexAdviceSerializer(many=True)


class StrategyView(CachedReads):
    """What to do about the indexes, by what the workload really asks."""

    parameters = tuple(IndexAdviceAskedSerializer().fields)
    required_permissions: ClassVar = {"GET": [READ], "POST": [ADVISE]}

    @extend_schema(parameters=[IndexAdviceAskedSerializer], responses=IndexingStrategySerializer)
    def get(self, request: Request) -> Response:
        state = validated(IndexAdviceAskedSerializer(data=request.query_params))["state"]
        rows = IndexAdvice.objects.for_display(at=timezone.now()).filter(state=state)[:MOST_SHOWN]
        return Response(_strategy(IndexReview.last(), list(rows)))

    @extend_schema(request=None, responses=IndexingStrategySerializer)
    def post(self, request: Request) -> Response:
        """Look at the workload now; it is done every hour by itself."""
        at = timezone.now()
        review = services.refresh(at=at)
        return Response(_strategy(review, list(IndexAdvice.objects.for_display(at=at).open()[:MOST_SHOWN])))


class AppliedView(APIView):
    """It was done: from now on the statements are measured against what they took before."""

    required_permissions: ClassVar = {"POST": [ADVISE]}

    @extend_schema(request=AppliedIndexSerializer, responses=IndexAdviceSerializer)
    def post(self, request: Request, advice_id: int) -> Response:
        why = body_of(request, AppliedIndexSerializer)["why"]
        return _one(services.apply(advice_id, by=actor_of(request), at=timezone.now(), why=why))


class DismissedView(APIView):
    """Nothing is to be done about it."""

    required_permissions: ClassVar = {"POST": [ADVISE]}

    @extend_schema(request=DismissedIndexSerializer, responses=IndexAdviceSerializer)
    def post(self, request: Request, advice_id: int) -> Response:
        why = body_of(request, DismissedIndexSerializer)["why"]
        return _one(services.dismiss(advice_id, by=actor_of(request), at=timezone.now(), why=why))


class ReopenedView(APIView):
    """It wasn't settled after all."""

    required_permissions: ClassVar = {"POST": [ADVISE]}

    @extend_schema(request=None, responses=IndexAdviceSerializer)
    def post(self, request: Request, advice_id: int) -> Response:
        return _one(services.reopen(advice_id, by=actor_of(request)))


def _one(row: IndexAdvice) -> Response:
    return Response(_advice(row, services.changes([row]).get(row.pk)))


def _strategy(review: IndexReview | None, rows: list[IndexAdvice]) -> Mapping[str, Any]:
    changes = services.changes(rows)
    return {
        "reviewed_at": review.at if review else None,
        "method": review.method if review and not review.refusal else None,
        "since": review.since if review else None,
        **{name: getattr(review, name, 0) for name in ("statements", "total_ms", "unread", "unread_ms")},
        "refusal": review.refusal if review else "",
        "recommendations": [_advice(row, changes.get(row.pk)) for row in rows],
    }


def _advice(row: IndexAdvice, change: Measured | None) -> Mapping[str, Any]:
    told = None
    if change:
        told = {
            "calls": change.calls,
            "before_ms": change.before_ms,
            "after_ms": change.after_ms,
            "saved_share": change.share,
        }
    row.measured = told  # type: ignore[attr-defined]  # for the serializer alone
    shown: Mapping[str, Any] = IndexAdviceSerializer(row).data
    return shown

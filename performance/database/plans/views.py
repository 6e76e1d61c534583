"""POST /api/v1/performance/database/analyze-query."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.examples import asked_as
from performance.api.parsing import body_of
from performance.audit.services import actor_of, audited_effect
from performance.database.plans.parsing import MOST_CHARACTERS
from performance.database.plans.services import Analysis, analysed
from performance.database.plans.trees import Step
from performance.database.slow_queries import fingerprint


@asked_as("With a value left open", {"sql": "SELECT id FROM prospects_prospect WHERE source = $1"})
class StatementSerializer(serializers.Serializer[Any]):
    """One SELECT; `$1`, `$2` … stand for values that aren't known."""

    sql = serializers.CharField(max_length=MOST_CHARACTERS, trim_whitespace=False)


class ConditionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Index Cond, Filter, Sort Key …")
    text = serializers.CharField()


class StepSerializer(serializers.Serializer[Any]):
    """A step of the plan; `parent_id` is the id of the one that it hands its rows to."""

    id = serializers.IntegerField()
    parent_id = serializers.IntegerField(allow_null=True)
    kind = serializers.CharField(help_text="Seq Scan, Hash Join …")
    table = serializers.CharField()
    index = serializers.CharField()
    rows = serializers.FloatField(help_text="Each time, by estimate")
    times = serializers.FloatField(help_text="How often it is done, by estimate")
    cost = serializers.FloatField(help_text="With its inputs, for all times")
    share = serializers.FloatField(help_text="Of the plan's cost, without its inputs: 0 to 1")
    is_costliest = serializers.BooleanField()
    conditions = ConditionSerializer(many=True)


class FindingSerializer(serializers.Serializer[Any]):
    level = serializers.ChoiceField(choices=["problem", "note"])
    says = serializers.CharField()
    action = serializers.CharField(allow_blank=True)
    share = serializers.FloatField(help_text="Of the plan's cost: 0 to 1")


class AnalysisSerializer(serializers.Serializer[Any]):
    """Nothing of the statement was run: costs (PostgreSQL's units) and rows are the planner's estimates."""

    fingerprint = serializers.CharField(help_text="The statement's, as slow queries and metrics name it")
    estimated_cost = serializers.FloatField()
    estimated_rows = serializers.FloatField()
    steps = StepSerializer(many=True)
    findings = FindingSerializer(many=True)


class AnalyzeQueryView(APIView):
    """How PostgreSQL would do a statement, and what to do about it."""

    required_permissions: ClassVar = {"POST": ["performance.analyze_query"]}
    limit = "analysis"

    @extend_schema(request=StatementSerializer, responses=AnalysisSerializer)
    def post(self, request: Request) -> Response:
        sql = body_of(request, StatementSerializer)["sql"]
        with audited_effect("query.analyze", subject=fingerprint(sql), by=actor_of(request), details={"sql": sql}):
            found = analysed(sql)
        return Response(_shown(found))


def _shown(found: Analysis) -> Mapping[str, Any]:
    return {
        "fingerprint": fingerprint(found.sql),
        "estimated_cost": found.plan.cost,
        "estimated_rows": found.plan.rows,
        "steps": _steps(found),
        "findings": list(map(asdict, found.findings)),
    }


def _steps(found: Analysis) -> list[Mapping[str, Any]]:
    """Depth first, as it is read."""
    rows: list[Mapping[str, Any]] = []
    waiting: list[tuple[Step, int | None]] = [(found.plan, None)]
    while waiting:
        step, parent = waiting.pop()
        rows.append(
            {
                "id": len(rows),
                "parent_id": parent,
                **{name: getattr(step, name) for name in ("kind", "table", "index", "rows", "times", "cost", "share")},
                "is_costliest": step is found.costliest,
                "conditions": [{"name": name, "text": text} for name, text in step.conditions],
            }
        )
        waiting += [(each, len(rows) - 1) for each in reversed(step.inputs)]
    return rows

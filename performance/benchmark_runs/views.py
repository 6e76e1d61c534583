"""GET and POST /api/v1/performance/benchmark: what the machine can do, measured."""

from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.examples import asked_as
from performance.api.idempotency import idempotent
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of
from performance.benchmark_runs import services
from performance.benchmark_runs.models import BenchmarkRun
from performance.benchmarks.areas import NAMES


class FigureSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.FloatField()
    unit = serializers.CharField(allow_blank=True)
    target = serializers.CharField(allow_null=True)
    passed = serializers.BooleanField(allow_null=True)
    beside = serializers.CharField(allow_null=True, help_text="What else was seen in the same run")


class BenchmarkRunSerializer(serializers.ModelSerializer[BenchmarkRun]):
    """`says` is the last line it printed, or why it failed."""

    figures = FigureSerializer(many=True)
    machine = serializers.DictField()

    class Meta:
        model = BenchmarkRun
        fields = ("id", "area", "state", "created_at", "started_at", "finished_at", "machine", "figures", "says")


@asked_as("One area", {"area": "bulk"})
class AreaSerializer(serializers.Serializer[Any]):
    area = serializers.CharField(
        max_length=30, default="", allow_blank=True, help_text=f"One of {', '.join(NAMES)}; none: all of them"
    )


class BenchmarkView(CachedReads):
    """The latest figures, and having them measured anew: that keeps the machine busy for minutes."""

    required_permissions: ClassVar = {
        "GET": ["performance.view_metricbucket"],
        "POST": ["performance.run_benchmark"],
    }
    limit = "analysis"

    @extend_schema(responses=BenchmarkRunSerializer)
    def get(self, request: Request) -> Response:
        return Response(BenchmarkRunSerializer(services.latest()).data)

    @extend_schema(request=AreaSerializer, responses={202: BenchmarkRunSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        area = body_of(request, AreaSerializer)["area"]
        run = services.ask(area, by=actor_of(request))
        location = reverse("api-benchmark-run", args=[run.pk])
        return Response(BenchmarkRunSerializer(run).data, status=202, headers={"Location": location})


class BenchmarkRunView(CachedReads):
    """One run, and how far it is."""

    required_permissions: ClassVar = {"GET": ["performance.view_metricbucket"]}

    @extend_schema(operation_id="performance_benchmark_run_retrieve", responses=BenchmarkRunSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        return Response(BenchmarkRunSerializer(services.found(run_id)).data)

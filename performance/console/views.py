"""The console over the API: how all of it does, what holds it up, and what to do."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from performance.alerts.levels import levels
from performance.api.parsing import validated
from performance.api.reads.mixin import CachedReads
from performance.audit.models import AUDITED
from performance.console import advice
from performance.console.bottlenecks.services import bottlenecks
from performance.console.exporting import bottleneck_of, export, overview
from performance.console.health import checks
from performance.console.shapes import Level, Severity, worst

MOST_FINDINGS = 10
MOST_EXPORTED = 1000
# People and programs ask for these every few seconds. What staff do is seen at once.
KEPT_S = 5.0


class RecommendationSerializer(serializers.Serializer[Any]):
    """`key` is the same for the same finding tomorrow. `impact` is 0 where nobody can tell."""

    area = serializers.CharField()
    key = serializers.CharField()
    severity = serializers.ChoiceField(choices=list(Severity))
    title = serializers.CharField()
    says = serializers.CharField()
    action = serializers.CharField()
    impact = serializers.FloatField()
    unit = serializers.CharField(help_text='Of the impact, such as "ms an hour"')
    url = serializers.CharField(allow_blank=True)


class ConsoleTileSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    level = serializers.ChoiceField(choices=list(Level))
    value = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    says = serializers.CharField(allow_blank=True)


class OverviewSerializer(serializers.Serializer[Any]):
    """All of the console in one answer; `level` is the worst of the areas that are known."""

    at = serializers.DateTimeField()
    level = serializers.ChoiceField(choices=list(Level))
    areas = serializers.DictField(child=serializers.ChoiceField(choices=list(Level)))
    alerts_firing = serializers.IntegerField()
    tiles = ConsoleTileSerializer(many=True)
    findings = RecommendationSerializer(many=True, help_text=f"The gravest {MOST_FINDINGS}")


class RecommendationsSerializer(serializers.Serializer[Any]):
    results = RecommendationSerializer(many=True)


class SeenSerializer(serializers.Serializer[Any]):
    """`value` null: not measured."""

    kind = serializers.ChoiceField(choices=["utilisation", "saturation", "errors"])
    title = serializers.CharField()
    unit = serializers.CharField(help_text='"share" is 0 to 1')
    value = serializers.FloatField(allow_null=True)
    level = serializers.ChoiceField(choices=list(Level))


class BottleneckSerializer(serializers.Serializer[Any]):
    """A resource over the last ten minutes. `impact` null: nobody can tell."""

    resource = serializers.CharField()
    level = serializers.ChoiceField(choices=list(Level))
    seen = SeenSerializer(many=True)
    impact = serializers.FloatField(allow_null=True)
    impact_unit = serializers.CharField(allow_blank=True)
    action = serializers.CharField()


class BottlenecksSerializer(serializers.Serializer[Any]):
    results = BottleneckSerializer(many=True)


class CheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    is_ok = serializers.BooleanField()
    says = serializers.CharField()


class HealthSerializer(serializers.Serializer[Any]):
    is_ok = serializers.BooleanField()
    level = serializers.ChoiceField(choices=list(Level))
    areas = serializers.DictField(child=serializers.ChoiceField(choices=list(Level)))
    checks = CheckSerializer(many=True)


class ExportedMetricSerializer(serializers.Serializer[Any]):
    """What a metric amounted to, in its unit: percentiles within 5 %, and only of what was observed."""

    name = serializers.CharField()
    n = serializers.IntegerField()
    total = serializers.FloatField()
    mean = serializers.FloatField(allow_null=True)
    p50 = serializers.FloatField(allow_null=True)
    p95 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)


class ConsoleExportSerializer(serializers.Serializer[Any]):
    overview = OverviewSerializer()
    bottlenecks = BottleneckSerializer(many=True)
    checks = CheckSerializer(many=True)
    metrics = ExportedMetricSerializer(many=True, help_text="Over the last `minutes`")


class ExportQuerySerializer(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=1, max_value=24 * 60, default=10)


class ConsoleView(CachedReads):
    """What all of these are: for those who may read measurements, and at most KEPT_S old."""

    cache_tags = (AUDITED,)
    cache_ttl_s = KEPT_S
    required_permissions: ClassVar = {"GET": ["performance.view_metricbucket"]}


class OverviewView(ConsoleView):
    """How everything does: areas, tiles, alerts, and what to do first."""

    @extend_schema(responses=OverviewSerializer)
    def get(self, request: Request) -> Response:
        return Response(overview(at=timezone.now(), most=MOST_FINDINGS))


class RecommendationsView(ConsoleView):
    """What to do, the gravest first, then by what it costs now."""

    @extend_schema(responses=RecommendationsSerializer)
    def get(self, request: Request) -> Response:
        return Response({"results": [each.told for each in advice.findings(at=timezone.now())]})


class BottlenecksView(ConsoleView):
    """Utilisation, saturation and errors of every resource, the worst first."""

    @extend_schema(responses=BottlenecksSerializer)
    def get(self, request: Request) -> Response:
        return Response({"results": [bottleneck_of(each) for each in bottlenecks(at=timezone.now())]})


class HealthView(ConsoleView):
    """Whether all that should run does. `/readyz` says, to anybody, whether this process can serve."""

    @extend_schema(responses=HealthSerializer)
    def get(self, request: Request) -> Response:
        at = timezone.now()
        areas, found = levels(at=at), checks(at=at)
        return Response(
            {
                "is_ok": all(each.is_ok for each in found),
                "level": worst(list(areas.values())),
                "areas": areas,
                "checks": list(map(asdict, found)),
            }
        )


class ExportView(ConsoleView):
    """All of it in one document, named as a file."""

    parameters = tuple(ExportQuerySerializer().fields)

    @extend_schema(parameters=[ExportQuerySerializer], responses=ConsoleExportSerializer)
    def get(self, request: Request) -> Response:
        minutes = validated(ExportQuerySerializer(data=request.query_params))["minutes"]
        at = timezone.now()
        found = export(at=at, over=timedelta(minutes=minutes), most=MOST_EXPORTED)
        name = f"assay-performance-{at:%Y%m%d-%H%M%S}.json"
        return Response(found, headers={"Content-Disposition": f'attachment; filename="{name}"'})

"""The console over the API: how all of it does, what holds it up, and what to do."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.alerts.levels import levels
from performance.alerts.models import Alert
from performance.console import advice, dashboard
from performance.console.bottlenecks.services import Bottleneck, bottlenecks
from performance.console.health import checks
from performance.console.shapes import Finding, Level, Severity, worst

MOST_FINDINGS = 10


class FindingSerializer(serializers.Serializer[Any]):
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


class TileSerializer(serializers.Serializer[Any]):
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
    tiles = TileSerializer(many=True)
    findings = FindingSerializer(many=True, help_text=f"The gravest {MOST_FINDINGS}")


class FindingsSerializer(serializers.Serializer[Any]):
    results = FindingSerializer(many=True)


class SeenSerializer(serializers.Serializer[Any]):
    """`value` null: not measured."""

    kind = serializers.ChoiceField(choices=["utilisation", "saturation", "errors"])
    title = serializers.CharField()
    unit = serializers.CharField(help_text='"share" is 0 to 1')
    value = serializers.FloatField(allow_null=True)
    level = serializers.ChoiceField(choices=list(Level))


class BottleneckSerializer(serializers.Serializer[Any]):
    """A resource over the last hour. `impact` null: nobody can tell."""

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


class ConsoleView(APIView):
    """What all of these are: for those who may read measurements, and of this moment."""

    required_permissions: ClassVar = {"GET": ["performance.view_metricbucket"]}


class OverviewView(ConsoleView):
    """How everything does: areas, tiles, alerts, and what to do first."""

    @extend_schema(responses=OverviewSerializer)
    def get(self, request: Request) -> Response:
        at = timezone.now()
        areas = levels(at=at)
        return Response(
            {
                "at": at,
                "level": worst(list(areas.values())),
                "areas": areas,
                "alerts_firing": Alert.objects.firing().count(),
                "tiles": [_tile(each) for each in dashboard.tiles(at=at)],
                "findings": [_finding(each) for each in advice.findings(at=at)[:MOST_FINDINGS]],
            }
        )


class RecommendationsView(ConsoleView):
    """What to do, the gravest first, then by what it costs now."""

    @extend_schema(responses=FindingsSerializer)
    def get(self, request: Request) -> Response:
        return Response({"results": [_finding(each) for each in advice.findings(at=timezone.now())]})


class BottlenecksView(ConsoleView):
    """Utilisation, saturation and errors of every resource, the worst first."""

    @extend_schema(responses=BottlenecksSerializer)
    def get(self, request: Request) -> Response:
        return Response({"results": [_bottleneck(each) for each in bottlenecks(at=timezone.now())]})


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


def _tile(shown: dashboard.Shown) -> Mapping[str, Any]:
    names = ("level", "value", "unit", "says")
    return {"title": shown.tile.title, **{name: getattr(shown.figures, name) for name in names}}


def _finding(found: Finding) -> Mapping[str, Any]:
    return asdict(found)


def _bottleneck(each: Bottleneck) -> Mapping[str, Any]:
    return {
        "resource": each.resource.name,
        "level": each.level,
        "seen": [
            {
                "kind": seen.kind,
                "title": seen.aspect.title,
                "unit": seen.aspect.unit,
                "value": seen.value,
                "level": seen.level,
            }
            for seen in each.seen
        ],
        "impact": each.impact,
        "impact_unit": each.resource.impact_unit,
        "action": each.resource.action,
    }

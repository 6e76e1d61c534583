"""Measurements over the API, for staff."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.parsing import validated
from performance.api.reads.mixin import CachedReads
from performance.metrics import queries
from performance.metrics.queries import NoSuchMetric, Sample

MOST_MINUTES = 3650 * 24 * 60
_NAME = re.compile(r"[a-z0-9_.]{1,100}")
_PERCENTILES = [f"p{share * 100:.0f}" for share in queries.SHARES]


class MinutesSerializer(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(
        min_value=1,
        max_value=MOST_MINUTES,
        default=60,
        help_text="How far back. Beyond METRICS_RETENTION_HOURS there are hours, beyond METRICS_HOURLY_DAYS days.",
    )


class SampleSerializer(serializers.Serializer[Any]):
    """How many, and where they were measured in the metric's unit how large: percentiles within 5 %."""

    n = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    p50 = serializers.FloatField(allow_null=True)
    p75 = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    p95 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)


class RouteSerializer(SampleSerializer):
    """A URL pattern and method, in milliseconds."""

    route = serializers.CharField(help_text='The URL pattern; "-" where nothing has the address')
    method = serializers.CharField()
    per_minute = serializers.FloatField()
    error_share = serializers.FloatField(help_text="Of answers of 500 and above, 0 to 1")


class RoutesSerializer(serializers.Serializer[Any]):
    minutes = serializers.IntegerField()
    results = RouteSerializer(many=True)


class PointSerializer(SampleSerializer):
    at = serializers.DateTimeField(help_text="When the step began")


class SeriesSerializer(SampleSerializer):
    labels = serializers.DictField(child=serializers.CharField())


class HistorySerializer(SampleSerializer):
    metric = serializers.CharField()
    minutes = serializers.IntegerField()
    step_s = serializers.IntegerField()
    points = PointSerializer(many=True)
    series = SeriesSerializer(many=True, help_text=f"The {queries.MOST_SERIES} with the most values")


class NamesSerializer(serializers.Serializer[Any]):
    minutes = serializers.IntegerField()
    results = serializers.ListField(child=serializers.CharField())


class Measured(CachedReads):
    """What all of these are: for staff, over the last `minutes`, never cached."""

    required_permissions = {"GET": ["performance.view_metricbucket"]}
    parameters = ("minutes",)

    def minutes(self, request: Request) -> int:
        return int(validated(MinutesSerializer(data=request.query_params))["minutes"])


class RoutesView(Measured):
    """How long each route takes, the busiest first."""

    @extend_schema(parameters=[MinutesSerializer], responses=RoutesSerializer)
    def get(self, request: Request) -> Response:
        minutes = self.minutes(request)
        found = queries.routes(at=timezone.now(), over=timedelta(minutes=minutes))
        results = [
            {
                "route": each.route,
                "method": each.method,
                "per_minute": round(each.sample.n / minutes, 3),
                "error_share": round(each.errors / each.sample.n, 6) if each.sample.n else 0.0,
                **_figures(each.sample),
            }
            for each in found
        ]
        return Response({"minutes": minutes, "results": results})


class MetricsView(Measured):
    """The names of what is measured."""

    @extend_schema(operation_id="performance_metrics_list", parameters=[MinutesSerializer], responses=NamesSerializer)
    def get(self, request: Request) -> Response:
        minutes = self.minutes(request)
        return Response(
            {"minutes": minutes, "results": queries.names(at=timezone.now(), over=timedelta(minutes=minutes))}
        )


class MetricView(Measured):
    """One metric: all of it, by steps of time, and by labels."""

    @extend_schema(parameters=[MinutesSerializer], responses=HistorySerializer)
    def get(self, request: Request, name: str) -> Response:
        minutes = self.minutes(request)
        if not _NAME.fullmatch(name):
            raise NoSuchMetric("A metric's name is lower-case letters, digits, _ and dots.")
        found = queries.history(name, at=timezone.now(), over=timedelta(minutes=minutes))
        return Response(
            {
                "metric": name,
                "minutes": minutes,
                "step_s": found.step_s,
                **_figures(found.whole),
                "points": [{"at": at, **_figures(sample)} for at, sample in found.points],
                "series": [{"labels": labels, **_figures(sample)} for labels, sample in found.series],
            }
        )


def _figures(sample: Sample) -> Mapping[str, object]:
    percentiles = dict(zip(_PERCENTILES, map(_short, sample.quantiles()), strict=True))
    return {"n": sample.n, "mean": _short(sample.mean), **percentiles, "max": _short(sample.high)}


def _short(value: float | None) -> float | None:
    """Four significant digits: more than the histogram knows."""
    return None if value is None else float(f"{value:.4g}")

"""The cache over the API, for operators: looking and operating are permissions of their own."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.parsing import body_of, validated
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of
from performance.cache import operations, thresholds, warming
from performance.cache.hit_rate import hit_rate
from performance.cache.operations import Wanted
from performance.cache.report import Pattern, Report, report
from performance.cache.serializers import (
    CacheSerializer,
    GoneSerializer,
    HitRateQuerySerializer,
    HitRateSerializer,
    InvalidateSerializer,
    MinutesSerializer,
    WarmedListSerializer,
    WarmSerializer,
)
from performance.cache.server import server


class CacheMetricsView(CachedReads):
    """What the cache does, by key pattern."""

    required_permissions: ClassVar = {"GET": ["performance.view_cache"]}
    parameters = ("minutes",)

    @extend_schema(parameters=[MinutesSerializer], responses=CacheSerializer)
    def get(self, request: Request) -> Response:
        minutes = validated(MinutesSerializer(data=request.query_params))["minutes"]
        found = report(at=timezone.now(), minutes=minutes)
        return Response(
            {
                "is_enabled": settings.CACHE_ENABLED,
                "is_reachable": found.is_reachable,
                "server": asdict(valkey) if (valkey := server()) else None,
                "minutes": minutes,
                "hit_rate": found.hit_rate,
                "patterns": [_pattern(each) for each in found.patterns],
                "latency": _latency(found),
                "thresholds": [_threshold(each, found) for each in thresholds.registered()],
                "warmers": [_warmer(each, row) for each, row in warming.last()],
            }
        )


class CacheHitRateView(CachedReads):
    """How often the cache spared a computation, by key pattern and over time."""

    required_permissions: ClassVar = {"GET": ["performance.view_cache"]}
    parameters = ("minutes", "pattern")

    @extend_schema(parameters=[HitRateQuerySerializer], responses=HitRateSerializer)
    def get(self, request: Request) -> Response:
        asked = validated(HitRateQuerySerializer(data=request.query_params))
        found = hit_rate(at=timezone.now(), over=timedelta(minutes=asked["minutes"]), pattern=asked["pattern"])
        return Response(
            {
                "minutes": asked["minutes"],
                "step_s": found.step_s,
                "hit_rate": found.hit_rate,
                "patterns": list(map(asdict, found.patterns)),
                "points": [{**asdict(each), "hit_rate": each.hit_rate} for each in found.points],
            }
        )


class CacheWarmView(APIView):
    """Fill the cache before anybody asks."""

    required_permissions: ClassVar = {"POST": ["performance.operate_cache"]}

    @extend_schema(request=WarmSerializer, responses=WarmedListSerializer)
    def post(self, request: Request) -> Response:
        names = body_of(request, WarmSerializer)["names"]
        warmed = operations.warm(names, by=actor_of(request))
        return Response(WarmedListSerializer({"results": warmed}).data)


class CacheInvalidateView(APIView):
    """Drop what is cached, by tag or by pattern."""

    required_permissions: ClassVar = {"POST": ["performance.operate_cache"]}

    @extend_schema(request=InvalidateSerializer, responses=GoneSerializer)
    def post(self, request: Request) -> Response:
        asked = body_of(request, InvalidateSerializer)
        is_preview = asked.pop("is_preview")
        wanted = Wanted(**asked)
        gone = operations.preview(wanted) if is_preview else operations.invalidate(wanted, by=actor_of(request))
        return Response({"is_preview": is_preview, **asdict(gone)})


def _pattern(each: Pattern) -> Mapping[str, Any]:
    counted = {name: each.outcomes[name] for name in ("local", "shared", "stale", "unreadable")}
    shown = ("name", "reads", "hits", "misses", "hit_rate", "evictions", "fill_ms", "stored_bytes", "keys", "bytes")
    return {**{name: getattr(each, name) for name in shown}, **counted}


def _latency(found: Report) -> list[Mapping[str, Any]]:
    shares = zip(("p50", "p95", "p99"), (0.5, 0.95, 0.99), strict=True)
    names, asked = zip(*shares, strict=True)
    return [
        {"layer": layer, "n": sample.n, **dict(zip(names, sample.quantiles(asked), strict=True))}
        for layer, sample in sorted(found.latency.items())
    ]


def _threshold(each: thresholds.Threshold, found: Report) -> Mapping[str, Any]:
    shown = {name: getattr(each, name) for name in ("name", "warning", "critical", "advice")}
    return {**shown, "value": each.of(found), "level": each.level(found)}


def _warmer(each: warming.Warmer, row: Any) -> Mapping[str, Any]:
    return {
        "name": each.name,
        "priority": each.priority,
        "every_s": each.every_s,
        "began_at": row.began_at if row else None,
        "took_ms": row.took_ms if row else None,
        "values": row.values if row else 0,
        "error": row.error if row else "",
    }

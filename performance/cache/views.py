"""The cache over the API, for operators: looking and operating are permissions of their own."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.errors import DomainError
from performance.api.parsing import validated
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of, audited_effect
from performance.cache import invalidation, thresholds, warming
from performance.cache.connection import CacheGone
from performance.cache.report import Pattern, Report, report

MOST_MINUTES = 24 * 60
MOST_TAGS = 100


class CacheAway(DomainError):
    """Valkey can't be reached, so nothing is cached and there is nothing to drop."""

    status = 503


class MinutesSerializer(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES, default=60)


class PatternSerializer(serializers.Serializer[Any]):
    """One pattern of keys."""

    name = serializers.CharField()
    reads = serializers.IntegerField()
    hits = serializers.IntegerField()
    misses = serializers.IntegerField()
    hit_rate = serializers.FloatField(allow_null=True)
    local = serializers.IntegerField(help_text="Hits in the process itself")
    shared = serializers.IntegerField(help_text="Hits in Valkey")
    stale = serializers.IntegerField(help_text="Served while another caller computed it anew")
    unreadable = serializers.IntegerField(help_text="Values in Valkey that weren't ours")
    evictions = serializers.IntegerField(help_text="Dropped by processes to make room")
    fill_ms = serializers.FloatField(allow_null=True, help_text="Computing a value, on average")
    stored_bytes = serializers.IntegerField(help_text="Written to Valkey")
    keys = serializers.IntegerField(help_text="In Valkey now, by sampling")
    bytes = serializers.IntegerField(help_text="In Valkey now, by sampling")


class LayerSerializer(serializers.Serializer[Any]):
    """Milliseconds of a read."""

    layer = serializers.ChoiceField(choices=["local", "shared"])
    n = serializers.IntegerField()
    p50 = serializers.FloatField(allow_null=True)
    p95 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)


class ThresholdSerializer(serializers.Serializer[Any]):
    """`critical` and `warning` are floors for the hit rate, else ceilings."""

    name = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    warning = serializers.FloatField()
    critical = serializers.FloatField()
    level = serializers.ChoiceField(choices=["good", "warning", "critical", "unknown"])
    advice = serializers.CharField()


class WarmerSerializer(serializers.Serializer[Any]):
    """`began_at` null: it hasn't run yet."""

    name = serializers.CharField()
    priority = serializers.IntegerField()
    every_s = serializers.IntegerField()
    began_at = serializers.DateTimeField(allow_null=True)
    took_ms = serializers.IntegerField(allow_null=True)
    values = serializers.IntegerField()
    error = serializers.CharField()


class CacheSerializer(serializers.Serializer[Any]):
    """What the cache did in the last `minutes`. Measurements arrive by the minute."""

    is_enabled = serializers.BooleanField()
    is_reachable = serializers.BooleanField()
    minutes = serializers.IntegerField()
    hit_rate = serializers.FloatField(allow_null=True)
    patterns = PatternSerializer(many=True)
    latency = LayerSerializer(many=True)
    thresholds = ThresholdSerializer(many=True)
    warmers = WarmerSerializer(many=True)


class WarmSerializer(serializers.Serializer[Any]):
    """Which warmers; none named, all."""

    names = serializers.ListField(child=serializers.CharField(max_length=100), max_length=100, default=list)


class WarmedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    values = serializers.IntegerField()
    took_ms = serializers.IntegerField()
    error = serializers.CharField()


class WarmedListSerializer(serializers.Serializer[Any]):
    results = WarmedSerializer(many=True)


class InvalidateSerializer(serializers.Serializer[Any]):
    """Either tags or a pattern. With `is_preview` nothing happens but a look at what would go."""

    tags = serializers.ListField(child=serializers.CharField(max_length=200), max_length=MOST_TAGS, required=False)
    pattern = serializers.CharField(max_length=200, required=False, help_text="Of keys, such as page.api-prospects:*")
    is_preview = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("tags")) == bool(attrs.get("pattern")):
            raise serializers.ValidationError("Give either tags or a pattern.")
        return attrs


class GoneSerializer(serializers.Serializer[Any]):
    """`count` tags or keys; `bytes` and `sample` only in a preview of a pattern."""

    is_preview = serializers.BooleanField()
    count = serializers.IntegerField()
    bytes = serializers.IntegerField(allow_null=True)
    sample = serializers.ListField(child=serializers.CharField())


class CacheView(CachedReads):
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
                "minutes": minutes,
                "hit_rate": found.hit_rate,
                "patterns": [_pattern(each) for each in found.patterns],
                "latency": _latency(found),
                "thresholds": [_threshold(each, found) for each in thresholds.registered()],
                "warmers": [_warmer(each, row) for each, row in warming.last()],
            }
        )


class CacheWarmView(APIView):
    """Fill the cache before anybody asks."""

    required_permissions: ClassVar = {"POST": ["performance.operate_cache"]}

    @extend_schema(request=WarmSerializer, responses=WarmedListSerializer)
    def post(self, request: Request) -> Response:
        names = validated(WarmSerializer(data=request.data))["names"]
        with audited_effect("cache.warm", subject=", ".join(names), by=actor_of(request)) as action:
            warmed = warming.warm(names)
            action.details["values"] = {each.name: each.values for each in warmed}
        return Response(WarmedListSerializer({"results": warmed}).data)


class CacheInvalidateView(APIView):
    """Drop what is cached, by tag or by pattern."""

    required_permissions: ClassVar = {"POST": ["performance.operate_cache"]}

    @extend_schema(request=InvalidateSerializer, responses=GoneSerializer)
    def post(self, request: Request) -> Response:
        asked = validated(InvalidateSerializer(data=request.data))
        if asked["is_preview"]:
            return Response({"is_preview": True, **_reached(asked)})
        subject = asked.get("pattern") or ", ".join(asked["tags"])
        with audited_effect("cache.invalidate", subject=subject, by=actor_of(request)) as action:
            gone = _reached(asked)
            action.details["count"] = gone["count"]
        return Response({"is_preview": False, **gone})


def _reached(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return _gone(asked)
    except CacheGone as error:
        raise CacheAway(retry_after_s=1) from error


def _gone(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    if tags := asked.get("tags"):
        count = len(tags) if asked["is_preview"] else invalidation.by_tags(tags)
        return {"count": count, "bytes": None, "sample": sorted(tags)}
    if asked["is_preview"]:
        going = invalidation.preview(asked["pattern"])
        return {"count": going.keys, "bytes": going.bytes, "sample": going.sample}
    return {"count": invalidation.by_pattern(asked["pattern"]), "bytes": None, "sample": []}


def _pattern(each: Pattern) -> Mapping[str, Any]:
    counted = {name: each.outcomes[name] for name in ("local", "shared", "stale", "unreadable")}
    shown = ("name", "hits", "misses", "hit_rate", "evictions", "fill_ms", "stored_bytes", "keys", "bytes")
    return {**{name: getattr(each, name) for name in shown}, **counted, "reads": each.hits + each.misses}


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

"""What the cache's endpoints take and tell."""

from typing import Any

from rest_framework import serializers

from performance.api.examples import asked_as
from performance.cache.operations import MOST_TAGS

MOST_MINUTES = 24 * 60


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


class ServerSerializer(serializers.Serializer[Any]):
    """Valkey itself; counts since it was started."""

    version = serializers.CharField()
    uptime_s = serializers.IntegerField()
    used_bytes = serializers.IntegerField()
    limit_bytes = serializers.IntegerField(help_text="0: all the memory there is")
    peak_bytes = serializers.IntegerField()
    fragmentation = serializers.FloatField()
    policy = serializers.CharField(help_text="What it evicts when the limit is reached")
    clients = serializers.IntegerField()
    most_clients = serializers.IntegerField()
    blocked_clients = serializers.IntegerField()
    commands_per_s = serializers.IntegerField()
    hits = serializers.IntegerField()
    misses = serializers.IntegerField()
    evicted = serializers.IntegerField()
    expired = serializers.IntegerField()
    refused_connections = serializers.IntegerField()


class CacheSerializer(serializers.Serializer[Any]):
    """What the cache did in the last `minutes`. Measurements arrive by the minute."""

    is_enabled = serializers.BooleanField()
    is_reachable = serializers.BooleanField()
    server = ServerSerializer(allow_null=True)
    minutes = serializers.IntegerField()
    hit_rate = serializers.FloatField(allow_null=True)
    patterns = PatternSerializer(many=True)
    latency = LayerSerializer(many=True)
    thresholds = ThresholdSerializer(many=True)
    warmers = WarmerSerializer(many=True)


class HitRateQuerySerializer(MinutesSerializer):
    pattern = serializers.CharField(
        max_length=200, default="", help_text="One key pattern, such as page.api-prospects; none: all"
    )


class HitRatePatternSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    reads = serializers.IntegerField()
    hit_rate = serializers.FloatField(allow_null=True)


class HitRatePointSerializer(serializers.Serializer[Any]):
    """Reads that a step of time brought, by where they ended."""

    at = serializers.DateTimeField()
    hit_rate = serializers.FloatField(allow_null=True)
    local = serializers.IntegerField()
    shared = serializers.IntegerField()
    stale = serializers.IntegerField()
    computed = serializers.IntegerField()


class HitRateSerializer(serializers.Serializer[Any]):
    """`hit_rate` null: nothing was read."""

    minutes = serializers.IntegerField()
    step_s = serializers.IntegerField()
    hit_rate = serializers.FloatField(allow_null=True)
    patterns = HitRatePatternSerializer(many=True)
    points = HitRatePointSerializer(many=True)


@asked_as("Two warmers", {"names": ["profiles", "recent runs"]})
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


@asked_as("A look at what would go", {"tags": ["prospects"], "is_preview": True})
class InvalidateSerializer(serializers.Serializer[Any]):
    """Either tags or a pattern. With `is_preview` nothing happens but a look at what would go."""

    tags = serializers.ListField(child=serializers.CharField(max_length=200), max_length=MOST_TAGS, required=False)
    pattern = serializers.CharField(max_length=200, required=False, help_text="Of keys, such as page.api-prospects:*")
    is_preview = serializers.BooleanField(default=False)
    is_confirmed = serializers.BooleanField(default=False, help_text="Needed for a pattern that matches everything")

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

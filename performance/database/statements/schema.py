"""The list of slow queries, as the OpenAPI schema has it."""

from typing import Any

from rest_framework import serializers


class AskerSerializer(serializers.Serializer[Any]):
    """A line of ours that sends it, as the application measured it."""

    view = serializers.CharField(help_text='The view or task, "worker", "pump" or "beat" for what these do, else "-"')
    line = serializers.CharField(help_text="File and line of the first frame of ours, or of the template")
    calls = serializers.IntegerField()
    total_ms = serializers.FloatField()
    max_ms = serializers.FloatField()


class RepeatSerializer(serializers.Serializer[Any]):
    """N+1: the line asks for the field of the model one by one."""

    model = serializers.CharField()
    field = serializers.CharField()
    view = serializers.CharField()
    line = serializers.CharField()
    times = serializers.IntegerField(help_text="In how many requests or tasks")
    worst = serializers.IntegerField(help_text="As often in one of them")


class TrendSerializer(serializers.Serializer[Any]):
    """Steps of `step_s` from `start` on."""

    start = serializers.DateTimeField()
    step_s = serializers.IntegerField()
    calls = serializers.ListField(child=serializers.IntegerField())
    total_ms = serializers.ListField(child=serializers.FloatField())


class SlowQuerySerializer(serializers.Serializer[Any]):
    """A statement without its values, and what it took in the time asked for."""

    id = serializers.IntegerField()
    statement = serializers.CharField(help_text="With $1, $2 … for values; 20,000 characters at most")
    role = serializers.CharField(help_text="The database's role that sends it")
    first_seen_at = serializers.DateTimeField()
    calls = serializers.IntegerField()
    total_ms = serializers.FloatField()
    mean_ms = serializers.FloatField()
    min_ms = serializers.FloatField(allow_null=True, help_text="Of the calls whose own time is known")
    max_ms = serializers.FloatField(allow_null=True, help_text="Of the calls whose own time is known")
    plan_ms = serializers.FloatField(help_text="0 unless pg_stat_statements.track_planning is on")
    share = serializers.FloatField(help_text="Of the time of all statements: 0 to 1")
    rows_per_call = serializers.FloatField()
    hit_rate = serializers.FloatField(allow_null=True, help_text="Blocks that were in the buffers: 0 to 1")
    temp_blocks = serializers.IntegerField(help_text="Of temporary files, read and written")
    wal_bytes = serializers.IntegerField()
    p95_ms = serializers.FloatField(allow_null=True, help_text="In the last hour, as the application measured it")
    p95_before_ms = serializers.FloatField(allow_null=True, help_text="In the day before that")
    p95_change = serializers.FloatField(allow_null=True, help_text="1.5 is half as long again as before")
    is_n_plus_one = serializers.BooleanField()
    repeats = RepeatSerializer(many=True)
    askers = AskerSerializer(many=True)
    trend = TrendSerializer()
    url = serializers.URLField(help_text="Its page")
    explain_url = serializers.URLField(allow_null=True, help_text="Where its plan can be had; null where it has none")


class SlowQueriesSerializer(serializers.Serializer[Any]):
    """A page of the list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    first = serializers.URLField(allow_null=True)
    last = serializers.URLField(allow_null=True)
    has_next = serializers.BooleanField()
    has_prev = serializers.BooleanField()
    total = serializers.IntegerField()
    total_is_estimate = serializers.BooleanField()
    pages = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    total_ms = serializers.FloatField(help_text="Of all statements in this time")
    since = serializers.DateTimeField(help_text="When the first minute, hour or day that is read began")
    limitation = serializers.CharField(allow_blank=True, help_text="Whose statements aren't seen, and what to do")
    results = SlowQuerySerializer(many=True)

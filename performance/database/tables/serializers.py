"""How figures of tables look over the API."""

from typing import Any

from rest_framework import serializers

from performance.api.examples import asked_as
from performance.console.shapes import Level
from performance.database.tables.models import MaintenanceRun

SHARE = "0 to 1"


class GrowthSerializer(serializers.Serializer[Any]):
    """By the median of the slopes between all samples. `says` is "insufficient history" where the rest is null."""

    says = serializers.CharField()
    bytes_per_day = serializers.FloatField(allow_null=True)
    days_to_double = serializers.FloatField(allow_null=True, help_text="Null where it doesn't grow")
    days_of_history = serializers.FloatField(allow_null=True)


class PastSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    bytes = serializers.IntegerField()


class BloatSerializer(serializers.Serializer[Any]):
    """What of the heap holds no living row."""

    bytes = serializers.IntegerField()
    share = serializers.FloatField(help_text=SHARE)
    method = serializers.ChoiceField(
        choices=["estimate", "pgstattuple"], help_text="An estimate is from the statistics of the last ANALYZE"
    )


class TableInListSerializer(serializers.Serializer[Any]):
    """A table with what belongs to it. `bloat` is an estimate, null where ANALYZE hasn't seen the table."""

    table = serializers.CharField(help_text="schema.table")
    rows = serializers.IntegerField(help_text="By estimate")
    bytes = serializers.IntegerField()
    heap_bytes = serializers.IntegerField()
    toast_bytes = serializers.IntegerField()
    index_bytes = serializers.IntegerField()
    dead_rows = serializers.IntegerField()
    hit_rate = serializers.FloatField(allow_null=True, help_text=SHARE)
    level = serializers.ChoiceField(choices=list(Level))
    is_locked = serializers.BooleanField(help_text="Sizes are then those of its last VACUUM or ANALYZE")
    bloat = BloatSerializer(allow_null=True)
    growth = GrowthSerializer()


class DatabaseSizeSerializer(serializers.Serializer[Any]):
    """Hit rates are of blocks found in shared buffers, 0 to 1, since `counted_since`; the last day's from samples."""

    database = serializers.CharField()
    bytes = serializers.IntegerField()
    heap_bytes = serializers.IntegerField()
    toast_bytes = serializers.IntegerField()
    index_bytes = serializers.IntegerField()
    bloat_bytes = serializers.IntegerField(help_text="By estimate")
    buffer_hit_rate = serializers.FloatField(allow_null=True)
    buffer_hit_rate_last_day = serializers.FloatField(allow_null=True)
    table_hit_rate = serializers.FloatField(allow_null=True)
    index_hit_rate = serializers.FloatField(allow_null=True)
    counted_since = serializers.DateTimeField(allow_null=True)
    growth = GrowthSerializer()
    history = PastSerializer(many=True)
    tables = TableInListSerializer(many=True)


class UpkeepSerializer(serializers.Serializer[Any]):
    """Against the thresholds of autovacuum, the table's own options included."""

    level = serializers.ChoiceField(choices=list(Level))
    says = serializers.CharField()
    dead_rows = serializers.IntegerField()
    dead_share = serializers.FloatField(help_text=SHARE)
    vacuum_at = serializers.IntegerField(help_text="Dead rows at which autovacuum begins")
    is_vacuum_due = serializers.BooleanField()
    is_vacuum_overdue = serializers.BooleanField()
    insert_vacuum_at = serializers.IntegerField(allow_null=True, help_text="Inserted rows at which autovacuum begins")
    analyze_at = serializers.IntegerField(help_text="Changed rows at which it analyzes")
    is_analyze_overdue = serializers.BooleanField()
    is_autovacuum_on = serializers.BooleanField()
    xid_age = serializers.IntegerField(help_text="Transactions since the oldest row that isn't frozen")
    freeze_at = serializers.IntegerField(help_text="xid_age at which autovacuum freezes")
    wraparound_share = serializers.FloatField(help_text="Of the transaction ids there are, 0 to 1")


class ActivityOfTableSerializer(serializers.Serializer[Any]):
    """Counters since the server's statistics began. Times are null where it never happened or isn't known."""

    sequential_scans = serializers.IntegerField()
    rows_by_sequential_scan = serializers.IntegerField()
    index_scans = serializers.IntegerField()
    inserted = serializers.IntegerField()
    updated = serializers.IntegerField()
    deleted = serializers.IntegerField()
    hot_share = serializers.FloatField(allow_null=True, help_text="Of updates, those that wrote no index: 0 to 1")
    changed_since_analyze = serializers.IntegerField()
    inserted_since_vacuum = serializers.IntegerField()
    last_vacuum = serializers.DateTimeField(allow_null=True)
    last_autovacuum = serializers.DateTimeField(allow_null=True)
    last_analyze = serializers.DateTimeField(allow_null=True)
    last_autoanalyze = serializers.DateTimeField(allow_null=True)
    vacuum_count = serializers.IntegerField(help_text="By hand and by autovacuum")
    analyze_count = serializers.IntegerField(help_text="By hand and by autovacuum")


class IndexSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    definition = serializers.CharField()
    method = serializers.CharField()
    bytes = serializers.IntegerField()
    is_primary = serializers.BooleanField()
    is_unique = serializers.BooleanField()
    is_usable = serializers.BooleanField(help_text="False where its making failed, or goes on")
    scans = serializers.IntegerField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    hit_rate = serializers.FloatField(allow_null=True, help_text=SHARE)


class MaintenanceRunSerializer(serializers.ModelSerializer[MaintenanceRun]):
    """A VACUUM or ANALYZE that somebody asked for."""

    table = serializers.CharField(source="relation", help_text="schema.table")

    class Meta:
        model = MaintenanceRun
        fields = [
            "id",
            "table",
            "action",
            "state",
            "progress",
            "phase",
            "error",
            "created_at",
            "started_at",
            "finished_at",
            "bytes_before",
            "bytes_after",
            "dead_rows_before",
            "dead_rows_after",
        ]
        read_only_fields = fields


class TableStatsSerializer(TableInListSerializer):
    upkeep = UpkeepSerializer()
    activity = ActivityOfTableSerializer()
    indexes = IndexSerializer(many=True)
    history = PastSerializer(many=True)
    runs = MaintenanceRunSerializer(many=True, help_text="What was asked for here, the newest first")


@asked_as("Renew the statistics", {"action": "analyze"})
class OptimizeSerializer(serializers.Serializer[Any]):
    """Never VACUUM FULL, which locks everybody out."""

    action = serializers.ChoiceField(choices=MaintenanceRun.Action.choices)

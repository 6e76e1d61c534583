"""How pools, sessions and locks look over the API."""

from typing import Any

from rest_framework import serializers

from performance.console.shapes import Level

SECONDS = "Seconds; null where that isn't so or can't be seen"


class PoolSerializer(serializers.Serializer[Any]):
    """A web process's pool. What is counted, is so since the process began."""

    host = serializers.CharField()
    pid = serializers.IntegerField()
    min_size = serializers.IntegerField()
    max_size = serializers.IntegerField()
    size = serializers.IntegerField(help_text="Open connections")
    in_use = serializers.IntegerField()
    idle = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Most who waited at once, of the last two seconds")
    utilisation = serializers.FloatField(help_text="The peak of the last two seconds; above 1 when some waited")
    requests = serializers.IntegerField()
    queued = serializers.IntegerField(help_text="Requests that had to wait")
    wait_ms = serializers.IntegerField(help_text="For how long they waited, in all")
    refused = serializers.IntegerField(help_text="Requests that got none in time")
    lost = serializers.IntegerField(help_text="Connections that broke")


class PoolsSerializer(serializers.Serializer[Any]):
    """All of them together."""

    processes = serializers.IntegerField()
    max_size = serializers.IntegerField()
    size = serializers.IntegerField()
    in_use = serializers.IntegerField()
    idle = serializers.IntegerField()
    waiting = serializers.IntegerField()
    utilisation = serializers.FloatField()
    requests = serializers.IntegerField()
    queued = serializers.IntegerField()
    wait_ms = serializers.IntegerField()
    refused = serializers.IntegerField()
    lost = serializers.IntegerField()


class ServerConnectionsSerializer(serializers.Serializer[Any]):
    """Of the whole server, other databases included."""

    used = serializers.IntegerField()
    most = serializers.IntegerField(help_text="max_connections")
    reserved = serializers.IntegerField(help_text="For superusers and the like")
    share = serializers.FloatField(help_text="Of what isn't reserved: 0 to 1")


class ApplicationSerializer(serializers.Serializer[Any]):
    """Sessions of this database in one state."""

    application = serializers.CharField(help_text="application_name without the pid that ours have")
    state = serializers.CharField()
    count = serializers.IntegerField()
    waiting_for_locks = serializers.IntegerField()
    longest_s = serializers.FloatField(allow_null=True, help_text="In this state")


class ConnectionPoolSerializer(serializers.Serializer[Any]):
    """`pools` and `processes` are null while Valkey is away, through which processes tell of them."""

    level = serializers.ChoiceField(choices=list(Level))
    says = serializers.CharField()
    pools = PoolsSerializer(allow_null=True)
    processes = PoolSerializer(many=True, allow_null=True)
    connections = ServerConnectionsSerializer()
    applications = ApplicationSerializer(many=True)


class SessionSerializer(serializers.Serializer[Any]):
    """`statement` is without its values, and "" where it is another role's and may not be seen."""

    pid = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True, help_text="Null where it is another role's")
    application = serializers.CharField()
    is_client = serializers.BooleanField(help_text="Autovacuum and parallel workers aren't")
    role = serializers.CharField()
    address = serializers.CharField()
    state = serializers.CharField()
    wait_type = serializers.CharField()
    wait_event = serializers.CharField()
    transaction_s = serializers.FloatField(allow_null=True, help_text=SECONDS)
    statement_s = serializers.FloatField(allow_null=True, help_text=SECONDS)
    state_s = serializers.FloatField(allow_null=True, help_text=SECONDS)
    statement = serializers.CharField()
    blocked_by = serializers.ListField(child=serializers.IntegerField())
    lock_mode = serializers.CharField()
    lock_on = serializers.CharField()
    waiting_s = serializers.FloatField(allow_null=True, help_text=SECONDS)


class BlockerSerializer(serializers.Serializer[Any]):
    """A row of the trees, as they are read: `depth` 0 waits for nobody."""

    pid = serializers.IntegerField(help_text="0 is a prepared transaction")
    depth = serializers.IntegerField()
    blocked = serializers.IntegerField(help_text="How many wait for it, also behind one another")
    waiting_s = serializers.FloatField(allow_null=True)


class PreparedSerializer(serializers.Serializer[Any]):
    gid = serializers.CharField()
    role = serializers.CharField()
    age_s = serializers.FloatField()


class SlotSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField()
    is_active = serializers.BooleanField()
    wal_status = serializers.CharField()
    held_bytes = serializers.IntegerField(allow_null=True, help_text="Of the write-ahead log")
    safe_bytes = serializers.IntegerField(allow_null=True, help_text="Until it is cut off; null: never")
    xmin_age = serializers.IntegerField(allow_null=True)


class ActivitySerializer(serializers.Serializer[Any]):
    sessions = SessionSerializer(many=True, help_text="At most 200, the longest transaction first")
    session_count = serializers.IntegerField()
    blocking = BlockerSerializer(many=True)
    prepared = PreparedSerializer(many=True)
    slots = SlotSerializer(many=True)

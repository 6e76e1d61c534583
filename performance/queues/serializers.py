"""Queues, dead letters and schedules as JSON; `null` is unknown, never nothing."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from performance.api.examples import asked_as
from performance.queues.durable import MOST_BATCHES
from performance.queues.errors import UnknownQueue
from performance.queues.models import DeadTask
from performance.queues.names import checked
from performance.queues.states import LONGEST_PAUSE

MOST_MINUTES = 24 * 60


class QueueWindowSerializer(serializers.Serializer[Any]):
    queue = serializers.CharField(required=False, max_length=100, help_text="All of them when left out")
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES, default=60)

    def validate_queue(self, queue: str) -> str:
        try:
            return checked(queue)
        except UnknownQueue as error:
            raise serializers.ValidationError(str(error)) from error


class PercentilesSerializer(serializers.Serializer[Any]):
    """Milliseconds."""

    n = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    p50 = serializers.FloatField(allow_null=True)
    p95 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)


class QueueTaskSerializer(serializers.Serializer[Any]):
    """A task of Celery's on this queue over the last minutes."""

    task = serializers.CharField()
    sent = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Raised, took too long, or lost its process")
    outcomes = serializers.DictField(child=serializers.IntegerField())
    wait_ms = PercentilesSerializer()
    run_ms = PercentilesSerializer()


class QueueKindSerializer(serializers.Serializer[Any]):
    """Durable jobs of a kind, in all batches."""

    kind = serializers.CharField()
    ready = serializers.IntegerField()
    leased = serializers.IntegerField()
    dead = serializers.IntegerField()
    parked = serializers.IntegerField()


class QueueBatchSerializer(serializers.Serializer[Any]):
    """An unfinished durable batch."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    priority = serializers.IntegerField(help_text="0 is the highest")
    ready = serializers.IntegerField()
    leased = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    dead = serializers.IntegerField()
    parked = serializers.IntegerField()
    oldest_at = serializers.DateTimeField(allow_null=True)


class QueuePauseSerializer(serializers.Serializer[Any]):
    paused_at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    by_name = serializers.CharField()
    is_draining = serializers.BooleanField()


class QueueSerializer(serializers.Serializer[Any]):
    """A queue now and over the last minutes."""

    queue = serializers.CharField()
    state = serializers.ChoiceField(choices=["running", "paused", "draining", "drained"])
    pause = QueuePauseSerializer(allow_null=True)
    waiting = serializers.IntegerField(allow_null=True, help_text="Messages in the broker, of all priorities")
    by_priority = serializers.DictField(child=serializers.IntegerField(), help_text="0 is the highest")
    unacked = serializers.IntegerField(allow_null=True, help_text="Messages that workers hold")
    running = serializers.IntegerField(allow_null=True, help_text="Tasks, as the workers told")
    reserved = serializers.IntegerField(allow_null=True, help_text="Messages in workers without a free process")
    in_flight = serializers.IntegerField(allow_null=True, help_text="What a drain waits for")
    oldest_s = serializers.FloatField(allow_null=True, help_text="Age of the oldest message that waits")
    workers = serializers.IntegerField(help_text="Alive, and started with this queue")
    taking = serializers.IntegerField(allow_null=True, help_text="Of these, those that take from it now")
    processes = serializers.IntegerField(allow_null=True)
    sent = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    per_minute = serializers.FloatField()
    wait_ms = PercentilesSerializer()
    run_ms = PercentilesSerializer()
    dead = serializers.IntegerField(help_text="Tasks that gave up and weren't retried")
    purged = serializers.IntegerField(help_text="Archived by purges")
    tasks = QueueTaskSerializer(many=True)
    kinds = QueueKindSerializer(many=True)
    batches = QueueBatchSerializer(many=True, help_text=f"The most urgent {MOST_BATCHES} of a kind; kinds count all")


class HeldTaskSerializer(serializers.Serializer[Any]):
    """A task in a worker; `since` is null of one that waits there."""

    task_id = serializers.CharField()
    task = serializers.CharField()
    queue = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    pid = serializers.IntegerField(allow_null=True)
    retries = serializers.IntegerField()


class FleetMemberSerializer(serializers.Serializer[Any]):
    """A process of the fleet."""

    name = serializers.CharField()
    role = serializers.CharField()
    host = serializers.CharField()
    pid = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["alive", "wedged", "silent", "gone"])
    why = serializers.CharField()
    queues = serializers.ListField(child=serializers.CharField())
    taken = serializers.ListField(child=serializers.CharField(), allow_null=True)
    holds = HeldTaskSerializer(many=True, allow_null=True)
    in_flight = serializers.IntegerField(help_text="Durable jobs")
    memory_mb = serializers.IntegerField(help_text="With its children")
    started_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()


class QueuesSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    is_broker_reachable = serializers.BooleanField()
    queues = QueueSerializer(many=True)
    workers = FleetMemberSerializer(many=True)


@asked_as("Before a deploy", {"reason": "A deploy.", "drain": True})
class QueuePauseRequestSerializer(serializers.Serializer[Any]):
    """With `drain` the queue says when what was in flight is finished."""

    reason = serializers.CharField(max_length=300, allow_blank=True, default="")
    until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="It works again by itself from then on"
    )
    drain = serializers.BooleanField(default=False)

    def validate_until(self, until: Any) -> Any:
        if until is not None and not timedelta() < until - timezone.now() <= LONGEST_PAUSE:
            raise serializers.ValidationError("It must be later than now, and within a year.")
        return until


class QueueStateSerializer(serializers.Serializer[Any]):
    queue = serializers.CharField()
    is_paused = serializers.BooleanField()
    is_draining = serializers.BooleanField()
    paused_at = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    by_name = serializers.CharField()


class LetterFilterSerializer(serializers.Serializer[Any]):
    # A field of this name, which is none of the serializer's own.
    source = serializers.ChoiceField(choices=["task", "job"], required=False)  # type: ignore[assignment]  # the base has another `source`
    task = serializers.CharField(required=False, max_length=200, help_text="A task's name, or a kind of job")
    error = serializers.CharField(required=False, max_length=200, help_text="An exception's class, or an error's code")
    why = serializers.ChoiceField(choices=DeadTask.Why.choices, required=False)
    since = serializers.DateTimeField(required=False)


class LetterQuerySerializer(LetterFilterSerializer):
    unanswered = serializers.BooleanField(default=False, help_text="Without those that were retried")
    cursor = serializers.CharField(required=False, max_length=500)
    limit = serializers.IntegerField(min_value=1, max_value=500, default=50)


class DeadLetterSerializer(serializers.Serializer[Any]):
    """A dead letter. `arguments` holds `text` in place of `args` and `kwargs` where they couldn't be kept whole."""

    id = serializers.CharField(help_text="task-… or job-…")
    source = serializers.ChoiceField(choices=["task", "job"])  # type: ignore[assignment]  # the base has another `source`
    task = serializers.CharField()
    queue = serializers.CharField()
    why = serializers.ChoiceField(choices=DeadTask.Why.choices)
    error = serializers.CharField()
    message = serializers.CharField()
    traceback = serializers.CharField()
    arguments = serializers.JSONField()
    is_replayable = serializers.BooleanField()
    retries = serializers.IntegerField()
    runtime_ms = serializers.IntegerField(allow_null=True)
    worker = serializers.CharField()
    failed_at = serializers.DateTimeField()
    task_id = serializers.CharField()
    retry_of = serializers.CharField(help_text="The id of the task that it was a replay of")
    retried_at = serializers.DateTimeField(allow_null=True)
    retried_as = serializers.CharField(help_text="The id of its replay")
    replayed_at = serializers.DateTimeField(allow_null=True, help_text="When the replay was sent")
    batch_id = serializers.IntegerField(allow_null=True)


class DeadLetterPageSerializer(serializers.Serializer[Any]):
    results = DeadLetterSerializer(many=True)
    next_cursor = serializers.CharField(help_text="Of the page after this; empty on the last")


@asked_as("What timed out", {"task": "performance.tasks.expire_rows", "why": "time_limit"})
class RetryFailedSerializer(LetterFilterSerializer):
    """By ids, or all that fit; to retry all of the queue, say so with `all`."""

    ids = serializers.ListField(child=serializers.CharField(max_length=40), max_length=500, required=False)
    all = serializers.BooleanField(default=False)


class RetriedSerializer(serializers.Serializer[Any]):
    """How many are to be done again; tasks are sent at most twenty a second."""

    tasks = serializers.IntegerField()
    jobs = serializers.IntegerField()
    has_more = serializers.BooleanField(help_text="There are more that fit: ask again")


@asked_as("The name typed out", {"confirmation": "imports"})
class QueuePurgeSerializer(serializers.Serializer[Any]):
    confirmation = serializers.CharField(max_length=100, help_text="The queue's name")


class QueuePurgedSerializer(serializers.Serializer[Any]):
    messages = serializers.IntegerField(help_text="Taken off the queue")
    archived = serializers.IntegerField(help_text="Of these, in the archive by now; the others follow within seconds")


@asked_as("Every night", {"name": "nightly", "task": "performance.tasks.expire_rows", "cron": "0 3 * * *"})
class ScheduleWishSerializer(serializers.Serializer[Any]):
    """Either `cron` in `zone`, or `every_s`."""

    name = serializers.CharField(max_length=200)
    task = serializers.CharField(max_length=200)
    cron = serializers.CharField(max_length=200, required=False, help_text="minute hour day-of-month month day-of-week")
    every_s = serializers.IntegerField(required=False, min_value=1)
    zone = serializers.CharField(max_length=63, default="UTC")
    args = serializers.ListField(child=serializers.JSONField(), max_length=50, default=list)
    kwargs = serializers.DictField(child=serializers.JSONField(), default=dict)
    enabled = serializers.BooleanField(default=True)


class FiringSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="In UTC")
    wall = serializers.CharField(help_text="In the schedule's zone")
    flag = serializers.ChoiceField(choices=["", "gap", "fold"], help_text="What the clocks do there")
    wanted = serializers.CharField(help_text="The time that the clocks skip, where they do")


class ScheduleSerializer(serializers.Serializer[Any]):
    """A schedule and its next five firings, or what they would be if it were enabled."""

    name = serializers.CharField()
    task = serializers.CharField()
    cron = serializers.CharField()
    every_s = serializers.FloatField(allow_null=True)
    zone = serializers.CharField()
    args = serializers.JSONField()
    kwargs = serializers.JSONField()
    is_enabled = serializers.BooleanField()
    is_ours = serializers.BooleanField(help_text="It comes with the release, which sets its times")
    last_run_at = serializers.DateTimeField(
        allow_null=True, help_text="null: not since it was made, changed or enabled"
    )
    runs = serializers.IntegerField()
    next = FiringSerializer(many=True)


class ScheduleListSerializer(serializers.Serializer[Any]):
    tasks = serializers.ListField(child=serializers.CharField(), help_text="What may be scheduled")
    results = ScheduleSerializer(many=True)


@asked_as("And once at once", {"catch_up": True})
class ScheduleEnableSerializer(serializers.Serializer[Any]):
    catch_up = serializers.BooleanField(default=False, help_text="Run once at once if it would have run meanwhile")


class ScheduleRunSerializer(serializers.Serializer[Any]):
    task_id = serializers.CharField()

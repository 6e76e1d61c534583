"""What is remembered of queues: which ones rest, and what was to be done and wasn't."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from performance.queues.querysets import DeadTaskQuerySet, QueueStateQuerySet

QUEUE_LENGTH, TASK_LENGTH, ID_LENGTH = 100, 200, 155


class QueueState(models.Model):
    """A queue that somebody paused. The row outlives every process: workers and claims read it, nobody is told twice.

    It rests while `paused_at` is set and `until` hasn't passed, by the database's clock.
    """

    queue = models.CharField(max_length=QUEUE_LENGTH, primary_key=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text="Works again by itself from then on")
    is_draining = models.BooleanField(default=False, help_text="Somebody waits for what is in flight")
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)

    objects = QueueStateQuerySet.as_manager()

    class Meta:
        permissions: ClassVar = [
            ("operate_queues", "Can pause, resume and drain queues, and retry what failed"),
            ("purge_queues", "Can purge queues"),
            ("schedule_tasks", "Can change what runs when"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(paused_at__isnull=False) | Q(until__isnull=True, is_draining=False, reason=""),
                name="queuestate_facts_of_a_pause",
            )
        ]

    def __str__(self) -> str:
        return self.queue


class DeadTask(models.Model):
    """A task of Celery's that gave up or was purged, with what it was called with.

    `arguments` is {"args": […], "kwargs": {…}}, or {"text": …} where they couldn't be kept whole; such a one can't be
    replayed. A replay is a new message: `retried_as` is its id, reserved in the transaction that asks for it, and it is
    sent from the row; `retry_of` is what this one was a replay of.
    """

    class Why(models.TextChoices):
        FAILED = "failed"
        TIME_LIMIT = "time_limit"
        WORKER_LOST = "worker_lost"
        PURGED = "purged"

    # Of a message that dies twice, since it was delivered twice, the first death is kept.
    task_id = models.CharField(max_length=ID_LENGTH, unique=True)
    task = models.CharField(max_length=TASK_LENGTH)
    queue = models.CharField(max_length=QUEUE_LENGTH)
    why = models.CharField(max_length=12, choices=Why.choices)
    arguments = models.JSONField(default=dict)
    is_replayable = models.BooleanField(default=True)
    priority = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True, help_text="The exception's class")
    message = models.TextField(blank=True)
    traceback = models.TextField(blank=True)
    retries = models.PositiveIntegerField(default=0)
    runtime_ms = models.PositiveIntegerField(null=True, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    failed_at = models.DateTimeField(db_default=Now())
    retry_of = models.CharField(max_length=ID_LENGTH, blank=True)
    retried_at = models.DateTimeField(null=True, blank=True)
    retried_as = models.CharField(max_length=ID_LENGTH, blank=True)
    retried_by = models.CharField(max_length=150, blank=True)
    replayed_at = models.DateTimeField(null=True, blank=True, help_text="When the replay was sent")

    objects = DeadTaskQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(why__in=["failed", "time_limit", "worker_lost", "purged"]), name="deadtask_why_known"
            ),
            models.CheckConstraint(
                condition=Q(retried_at__isnull=True, retried_as="", replayed_at__isnull=True)
                | (Q(retried_at__isnull=False) & ~Q(retried_as="")),
                name="deadtask_retried_under_an_id",
            ),
        ]
        indexes: ClassVar = [
            # The list of a queue, newest first, and what to retry of it.
            models.Index(fields=["queue", "-failed_at", "-id"], name="deadtask_queue_failed"),
            # How many lately, over all queues; expiry.
            models.Index(fields=["failed_at"], name="deadtask_failed"),
            # How many of each queue wait for somebody's answer.
            models.Index(fields=["queue", "why"], name="deadtask_unanswered", condition=Q(retried_at__isnull=True)),
            # What is to be replayed, in the order in which it was asked for.
            models.Index(
                fields=["retried_at", "id"],
                name="deadtask_to_replay",
                condition=Q(retried_at__isnull=False, replayed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.task_id}"

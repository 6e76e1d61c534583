"""Who had what measured, and the figures."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class BenchmarkRun(models.Model):
    """One run of the benchmark, in a throw-away database. `area` "" is all of them.

    `figures` are those of `performance.benchmarks.figures`, as JSON; `says` is the last line that it printed.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    area = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(db_default=Now(), help_text="Its worker was alive then")
    finished_at = models.DateTimeField(null=True, blank=True)
    machine = models.JSONField(default=dict, blank=True)
    figures = models.JSONField(default=list, blank=True)
    says = models.CharField(max_length=500, blank=True)

    class Meta:
        permissions: ClassVar = [("run_benchmark", "Can have the machine measured, which keeps it busy for minutes")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed"]), name="benchmarkrun_state_known"
            ),
            # Two at once would measure each other.
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(state__in=["queued", "running"]), name="benchmarkrun_one_at_a_time"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-created_at"], name="benchmarkrun_created")]

    def __str__(self) -> str:
        return f"benchmark {self.pk}"

"""What tables were like, hour by hour and day by day, and what was done to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

UNFINISHED = ("queued", "running")
ERROR_LENGTH = 500


class TableSample(models.Model):
    """A table in the hour or on the day (UTC) that began at `taken_at`; `relation` "" is the whole database.

    `blocks_hit` and `blocks_read` count since the server's statistics began: only differences mean something.
    """

    class Period(models.IntegerChoices):
        HOUR = 3600
        DAY = 86_400

    # In this order for one table's history.
    pk = models.CompositePrimaryKey("relation", "period_s", "taken_at")
    relation = models.CharField(max_length=130, help_text="schema.table")
    period_s = models.IntegerField(choices=Period.choices)
    taken_at = models.DateTimeField()
    bytes = models.BigIntegerField(help_text="With indexes and TOAST")
    index_bytes = models.BigIntegerField()
    rows = models.BigIntegerField()
    blocks_hit = models.BigIntegerField()
    blocks_read = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            # All tables' growth; samples that have had their time.
            models.Index(fields=["period_s", "taken_at"], name="tablesample_period_taken_at"),
        ]

    def __str__(self) -> str:
        return f"{self.relation or 'database'} at {self.taken_at:%Y-%m-%d %H:%M}"


class MaintenanceRun(models.Model):
    """A VACUUM or ANALYZE that somebody asked for. `backend_pid` and `backend_start` are the session that does it.

    Refused: PostgreSQL or we wouldn't (a lock, a right, a table that went). Lost: its session ended without a word.
    """

    class Action(models.TextChoices):
        VACUUM = "vacuum"
        ANALYZE = "analyze"
        VACUUM_ANALYZE = "vacuum_analyze", "Vacuum and analyze"

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        REFUSED = "refused"
        LOST = "lost"

    relation = models.CharField(max_length=130, help_text="schema.table")
    action = models.CharField(max_length=20, choices=Action.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    backend_pid = models.IntegerField(null=True, blank=True)
    backend_start = models.DateTimeField(null=True, blank=True)
    phase = models.CharField(max_length=60, blank=True, help_text="As PostgreSQL names it")
    progress = models.FloatField(default=0.0, help_text="0 to 1")
    error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    bytes_before = models.BigIntegerField(null=True, blank=True)
    bytes_after = models.BigIntegerField(null=True, blank=True)
    dead_rows_before = models.BigIntegerField(null=True, blank=True)
    dead_rows_after = models.BigIntegerField(null=True, blank=True)

    class Meta:
        permissions: ClassVar = [("optimize_table", "Can vacuum and analyze tables")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["relation"], condition=Q(state__in=UNFINISHED), name="maintenancerun_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at__isnull=True)
                | (~Q(state__in=UNFINISHED) & Q(finished_at__isnull=False)),
                name="maintenancerun_finished_iff_ended",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*UNFINISHED, "done"], error="")
                | (Q(state__in=["failed", "refused", "lost"]) & ~Q(error="")),
                name="maintenancerun_says_what_went_wrong",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(backend_pid__isnull=False, backend_start__isnull=False),
                name="maintenancerun_running_in_a_session",
            ),
            models.CheckConstraint(condition=Q(progress__range=(0, 1)), name="maintenancerun_progress_is_a_share"),
        ]
        indexes: ClassVar = [
            # What was done to one table, newest first.
            models.Index(fields=["relation", "-id"], name="maintenancerun_history"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.relation}"

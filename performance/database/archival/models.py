"""Policies of archival, their runs, what these kept, and what nobody may touch."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from performance.database.archival.querysets import HoldQuerySet, PolicyQuerySet, RunQuerySet
from performance.files.models import StoredFile
from performance.jobs.models import Batch

MOST_DAYS = 36_500


class Action(models.TextChoices):
    MOVE = "move"
    COPY = "copy"
    DELETE = "delete"


class ArchivalPolicy(models.Model):
    """What is done with which old rows of a target, and when. Target and condition are names in the registry.

    `due_from` is when its schedule was last looked at with nothing left due: firings before it are forgotten.
    """

    name = models.CharField(max_length=60, unique=True)
    target = models.CharField(max_length=60)
    action = models.CharField(max_length=10, choices=Action.choices)
    older_than_days = models.PositiveIntegerField("older than, in days")
    condition = models.CharField(max_length=60, blank=True)
    cron = models.CharField(
        "schedule", max_length=100, blank=True, help_text="As in cron, such as 30 3 * * *; empty: only when asked"
    )
    time_zone = models.CharField(max_length=60, blank=True, help_text="Of the schedule; empty: TIME_ZONE")
    is_enabled = models.BooleanField(default=True)
    due_from = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "archival policies"
        permissions: ClassVar = [("archive", "Can move, copy, delete and restore old rows")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(action__in=Action.values), name="archivalpolicy_action_known"),
            models.CheckConstraint(
                condition=Q(older_than_days__range=(1, MOST_DAYS)), name="archivalpolicy_age_within_bounds"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ArchivalRun(models.Model):
    """One go of a policy (or of what somebody asked for by itself), or the restoring of one.

    `cutoff` stands from its beginning, so that a run that is continued takes what it would have taken. `cursor` is
    where it stands, written with each chunk's rows. `since` and `looked_at` are what the copy before it came to.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Work(models.TextChoices):
        MOVE = "move"
        COPY = "copy"
        DELETE = "delete"
        RESTORE = "restore"

    policy = models.ForeignKey(
        ArchivalPolicy, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs", db_index=False
    )
    policy_name = models.CharField(max_length=60, blank=True)
    work = models.CharField(max_length=10, choices=Work.choices)
    restores = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="restorations")
    target = models.CharField(max_length=60)
    condition = models.CharField(max_length=60, blank=True)
    older_than_days = models.PositiveIntegerField()
    cutoff = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    is_scheduled = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    cursor = models.JSONField(default=list, blank=True)
    chunks = models.PositiveIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    child_rows = models.BigIntegerField(default=0)
    expected_rows = models.BigIntegerField(null=True, blank=True)
    row_bytes = models.FloatField(default=0.0, help_text="What a row weighs with what hangs on it, by estimate")
    raw_bytes = models.BigIntegerField(default=0, help_text="Of the archived rows as CSV")
    stored_bytes = models.BigIntegerField(default=0, help_text="Of the archive, compressed")
    error = models.CharField(max_length=500, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # Two runs over the same rows would each wait for, or skip, what the other has in hand.
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(state__in=["waiting", "running"]),
                name="archivalrun_one_active_a_target",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | Q(state__in=["finished", "failed", "cancelled"], finished_at__isnull=False),
                name="archivalrun_finished_iff_ended",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(error="")) | (~Q(state="failed") & Q(error="")),
                name="archivalrun_failed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(work="restore", restores__isnull=False) | (~Q(work="restore") & Q(restores__isnull=True)),
                name="archivalrun_restores_iff_restore",
            ),
        ]
        indexes: ClassVar = [
            # A policy's history, newest first: its last run, and what its last copy came to.
            models.Index(fields=["policy", "-id"], name="archivalrun_policy"),
            # A target's history, and how well its rows were compressed.
            models.Index(fields=["target", "-id"], name="archivalrun_target"),
        ]

    def __str__(self) -> str:
        return f"{self.work} {self.target} {self.pk}"

    @property
    def freed_bytes(self) -> int:
        """By estimate: the tables may fill them again."""
        return round(self.rows * self.row_bytes)

    @property
    def share_done(self) -> float | None:
        """0 to 1; None where nobody knows how many rows there are."""
        if self.state == self.State.FINISHED:
            return 1.0
        return min(1.0, self.rows / self.expected_rows) if self.expected_rows else None

    @property
    def is_active(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)


class ArchivalSegment(models.Model):
    """Rows of one table from one chunk of a run: a compressed CSV without a heading.

    `columns` is [[name, type]] in the file's order. `checksum` is of the rows whatever their order (staging.py).
    `place` orders the tables of a chunk: those that others point to first.
    """

    run = models.ForeignKey(ArchivalRun, on_delete=models.CASCADE, related_name="segments", db_index=False)
    chunk = models.PositiveIntegerField()
    place = models.PositiveSmallIntegerField()
    table = models.CharField(max_length=130)
    columns = models.JSONField()
    rows = models.PositiveIntegerField()
    raw_bytes = models.BigIntegerField()
    checksum = models.CharField(max_length=40)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    restored_by = models.ForeignKey(ArchivalRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            # A chunk is archived once, however often its run was cut off.
            models.UniqueConstraint(fields=["run", "chunk", "place"], name="archivalsegment_run_chunk_place"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.chunk}/{self.table}"


class ArchivalHold(models.Model):
    """Rows of a target that no policy may touch: those of one subject, of a condition, or (neither named) all.

    `subject_id` is text: the primary key of a "row" whose key has several columns is written as PostgreSQL writes it.
    """

    target = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=200, blank=True)
    condition = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=500)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    placed_at = models.DateTimeField(db_default=Now())
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=500, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # Also serves every chunk, which asks for the holds in force on its target.
            models.UniqueConstraint(
                fields=["target", "subject_kind", "subject_id", "condition"],
                condition=Q(lifted_at__isnull=True),
                name="archivalhold_once_in_force",
            ),
            models.CheckConstraint(
                condition=Q(subject_kind="", subject_id="")
                | (~Q(subject_kind="") & ~Q(subject_id="") & Q(condition="")),
                name="archivalhold_of_a_subject_or_a_condition",
            ),
            models.CheckConstraint(
                condition=~Q(reason="")
                & (Q(lifted_at__isnull=True, lift_reason="") | (Q(lifted_at__isnull=False) & ~Q(lift_reason=""))),
                name="archivalhold_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("placed_at")),
                name="archivalhold_lifted_after_placed",
            ),
        ]

    def __str__(self) -> str:
        subject = f"{self.subject_kind} {self.subject_id}".strip() or self.condition or "all rows"
        return f"{self.target}: {subject}"

"""Durable work: the rows are the queue (see docs/adr/0002). States and transactions T0-T5 are in docs/jobs.md."""

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q

from performance.cache.declared import invalidates
from performance.jobs import announcing
from performance.jobs.querysets import SOUND, BatchQuerySet, JobQuerySet, WorkerQuerySet


class Priority(models.IntegerChoices):
    """0-9 at the broker, where 0 is the highest; 1-10 in the API, where 10 is the most urgent."""

    URGENT = 0
    HIGH = 3
    NORMAL = 6
    LOW = 9


class Batch(models.Model):
    """A set of jobs of one kind: a qualification run, an import, an export.

    Money is in micro-dollars. `params` is the kind's own, the same for all jobs. A batch is finished when
    succeeded + dead + cancelled + parked = total.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        FINISHED = "finished"
        CANCELLED = "cancelled"

    class OnUnknown(models.TextChoices):
        PARK = "park"
        RETRY = "retry"

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=255, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="batches"
    )
    params = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    pause_code = models.CharField(max_length=40, blank=True)
    pause_reason = models.TextField(blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    concurrency = models.PositiveIntegerField(default=50)
    delay_ms = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    on_unknown = models.CharField(max_length=5, choices=OnUnknown.choices, default=OnUnknown.PARK)
    # SHA-256 of what makes two batches the same work; unique while unfinished, so a double click makes one run.
    fingerprint = models.CharField(max_length=64, blank=True)

    budget_micros = models.BigIntegerField(default=0)
    reserved_micros = models.BigIntegerField(default=0)
    spent_micros = models.BigIntegerField(default=0)
    saved_micros = models.BigIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    ledger_hits = models.PositiveIntegerField(default=0)

    total = models.PositiveIntegerField(default=0)
    succeeded = models.PositiveIntegerField(default=0)
    dead = models.PositiveIntegerField(default=0)
    parked = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    peak_memory_mb = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        permissions = [("operate_jobs", "Can pause, resume, cancel, retry and redrive jobs")]
        constraints = [
            # A batch without paid calls has budget 0 and reserves nothing.
            models.CheckConstraint(
                condition=Q(reserved_micros__gte=0) & Q(spent_micros__gte=0) & Q(budget_micros__gte=0),
                name="batch_money_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=F("succeeded") + F("dead") + F("parked") + F("cancelled")),
                name="batch_counts_within_total",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused", "finished", "cancelled"]), name="batch_state_known"
            ),
            models.UniqueConstraint(
                fields=["kind", "fingerprint"],
                condition=Q(state__in=["running", "paused"]) & ~Q(fingerprint=""),
                name="batch_active_fingerprint",
            ),
        ]
        indexes = [
            # Pump and claim: the unfinished batches, most urgent first.
            models.Index(fields=["priority", "id"], name="batch_active", condition=Q(state__in=["running", "paused"])),
            # Lists of runs: newest first, by kind.
            models.Index(fields=["kind", "-created_at"], name="batch_kind_created"),
            models.Index(fields=["owner", "-created_at"], name="batch_owner_created"),
        ]

    @property
    def done(self) -> int:
        return self.succeeded + self.dead + self.parked + self.cancelled

    def __str__(self) -> str:
        return self.title or f"{self.kind} {self.pk}"


class Job(models.Model):
    """One item of a batch. `fence` grows with every claim: only the newest holder may complete it."""

    class State(models.TextChoices):
        READY = "ready"
        LEASED = "leased"
        SUCCEEDED = "succeeded"
        PARKED = "parked"
        DEAD = "dead"
        CANCELLED = "cancelled"

    # No index of its own: the unique constraint begins with it.
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="jobs", db_index=False)
    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    input = models.JSONField(default=dict, blank=True)
    # Database defaults let T0 copy only the columns that differ from row to row.
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY, db_default="ready")
    available_at = models.DateTimeField(db_default=TransactionNow())
    fence = models.PositiveIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True, db_default="")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    interruptions = models.PositiveSmallIntegerField(default=0, db_default=0)
    # How many may be in flight in a process beside a job that lost its worker, so that a poison pill is singled out:
    # null is no limit, 0 is "launched alone", which the reaper then holds against it (see reaper.py).
    cohort_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    # The call of unknown outcome that a parked job waits for; its late reply un-parks the job.
    parked_key = models.CharField(max_length=64, blank=True, db_default="")
    error_code = models.CharField(max_length=40, blank=True, db_default="")
    error = models.TextField(blank=True, db_default="")
    cost_micros = models.BigIntegerField(default=0, db_default=0)
    ledger_hits = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=TransactionNow())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    run_ms = models.PositiveIntegerField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "subject_id"], name="job_batch_subject"),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "leased", "succeeded", "parked", "dead", "cancelled"]),
                name="job_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="leased", lease_until__isnull=False)
                | (~Q(state="leased") & Q(lease_until__isnull=True)),
                name="job_lease_iff_leased",
            ),
        ]
        indexes = [
            # T1 claim: ready jobs of a batch, oldest first.
            models.Index(fields=["batch", "available_at", "id"], name="job_ready", condition=Q(state="ready")),
            # Reaper: leases that ran out.
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(state="leased")),
            # Progress: the jobs that ended within the last minute.
            models.Index(fields=["batch", "finished_at"], name="job_lately", condition=Q(finished_at__isnull=False)),
            # Dead letters and parked jobs in the admin, and redrive; what went wrong in a run, mended or not.
            models.Index(fields=["batch", "state"], name="job_troubled", condition=~Q(error="", state__in=SOUND)),
            # Dead letters of all batches, newest first.
            models.Index(fields=["-finished_at", "-id"], name="job_dead", condition=Q(state="dead")),
            # A late reply un-parks the jobs that wait for it.
            models.Index(fields=["parked_key"], name="job_parked_key", condition=Q(state="parked")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PaidCall(models.Model):
    """The ledger of paid calls, which is also the response cache and the protection against double charges.

    `key` is the SHA-256 of the canonical request; a new generation is bought only when the TTL has passed.
    """

    class State(models.TextChoices):
        RESERVED = "reserved"
        SENT = "sent"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        UNKNOWN = "unknown"

    key = models.CharField(max_length=64)
    generation = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True, related_name="paid_calls")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="paid_calls")
    # The fence under which `job` reserved the call: T3 is refused to a holder who lost the job since.
    fence = models.PositiveIntegerField(default=0)
    # A person asked for a call of unknown outcome to be repeated: the next generation may be bought.
    is_repeatable = models.BooleanField(default=False)
    purpose = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=120, blank=True)
    response = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)
    estimate_micros = models.BigIntegerField(default=0)
    cost_micros = models.BigIntegerField(default=0)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    reserved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "generation"], name="paidcall_key_generation"),
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "sent", "succeeded", "failed", "unknown"]),
                name="paidcall_state_known",
            ),
        ]
        indexes = [
            # A run's spend, and "a batch always reuses its own calls".
            models.Index(fields=["batch", "state"], name="paidcall_batch_state"),
            # Calls whose deadline passed while nobody was looking.
            models.Index(fields=["deadline_at"], name="paidcall_sent", condition=Q(state="sent")),
            # The reaper releases what a dead holder had reserved and not sent.
            models.Index(fields=["job"], name="paidcall_reserved", condition=Q(state="reserved")),
        ]

    def __str__(self) -> str:
        return f"{self.key[:12]}#{self.generation}"


class RunnerSlot(models.Model):
    """A share of a batch's concurrency that one runner holds at a time: a slot for every 500 in flight.

    So several processes on several hosts work on a batch without passing its concurrency, and the sum of what is
    granted stays within JOB_MAX_IN_FLIGHT. Rows exist while the batch is unfinished.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveSmallIntegerField()
    share = models.PositiveIntegerField()
    granted = models.PositiveIntegerField(default=0)
    holder = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    freed_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="runnerslot_batch_number"),
            models.CheckConstraint(condition=Q(granted__lte=F("share")), name="runnerslot_granted_within_share"),
            models.CheckConstraint(
                condition=Q(holder="", lease_until__isnull=True, granted=0)
                | (~Q(holder="") & Q(lease_until__isnull=False)),
                name="runnerslot_lease_iff_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}#{self.number}"


class Worker(models.Model):
    """A live process of the fleet and its heartbeat, so that a wedged worker is seen by the database's clock."""

    name = models.CharField(max_length=100, unique=True)
    role = models.CharField(max_length=20)
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    queues = models.JSONField(default=list, blank=True)
    in_flight = models.PositiveIntegerField(default=0)
    memory_mb = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    class Meta:
        indexes = [
            # Liveness: WHERE seen_at > now() - 15 s; expire_rows deletes the old.
            models.Index(fields=["seen_at"], name="worker_seen"),
        ]

    def __str__(self) -> str:
        return self.name


invalidates(Batch, lambda batch: announcing.tags_of(batch.pk, batch.kind))

"""What of the platform's own rows may be archived."""

from performance.database.archival.registry import Archivable, Child, Condition, register

JOBS = Archivable(
    name="jobs",
    title="Jobs of ended batches",
    model="performance.Job",
    age="(SELECT b.finished_at FROM performance_batch b WHERE b.id = r.batch_id)",
    says="One row for each item of a batch. The batch keeps its counts, cost and times; its list of jobs is gone.",
    conditions={
        "free": Condition("That cost nothing", "r.cost_micros = 0"),
        "succeeded": Condition("That succeeded", "r.state = 'succeeded'"),
        "cancelled": Condition("That were cancelled", "r.state = 'cancelled'"),
    },
    guard="r.state IN ('succeeded', 'cancelled') AND EXISTS (SELECT FROM performance_batch b WHERE b.id = r.batch_id "
    "AND b.state IN ('finished', 'cancelled'))",
    guard_says="Dead and parked jobs stay, since somebody may retry them.",
    subjects={"batch": "r.batch_id", "subject": "r.subject_id"},
    tags=["batches", "batch:*"],
)
PAID_CALLS = Archivable(
    name="paid-calls",
    title="Paid calls",
    model="performance.PaidCall",
    age="greatest(r.finished_at, (SELECT b.finished_at FROM performance_batch b WHERE b.id = r.batch_id))",
    says="What LLMs and other paid services answered. An answer that is gone serves nobody as a cached one.",
    conditions={
        "succeeded": Condition("That were answered", "r.state = 'succeeded'"),
        "failed": Condition("That failed", "r.state = 'failed'"),
    },
    guard="r.state IN ('succeeded', 'failed') AND NOT EXISTS (SELECT FROM performance_batch b WHERE b.id = r.batch_id "
    "AND (b.state NOT IN ('finished', 'cancelled') OR b.dead + b.parked > 0))",
    guard_says="Calls of a batch with dead or parked jobs stay: a retry would pay for them once more.",
    subjects={"batch": "r.batch_id", "model": "r.model"},
    # An answer may be used again within its TTL, which is days at most.
    least_days=7,
)
AUDIT = Archivable(
    name="audit",
    title="Audit log",
    model="performance.AuditEntry",
    age="r.at",
    says="Who did what to the installation.",
    conditions={
        "done": Condition("What was done", "r.outcome = 'done'"),
        "refused": Condition("What was refused", "r.outcome = 'refused'"),
    },
    # A log that whoever is logged can clear is none.
    least_days=90,
    tags=["audited"],
    subjects={"actor": "r.actor_id", "subject": "r.subject"},
)
WEBHOOKS = Archivable(
    name="webhook-events",
    title="Webhook events",
    model="performance.WebhookEvent",
    age="r.created_at",
    says="What was told to other systems, with each delivery and attempt. After 30 days they are deleted anyway.",
    conditions={
        "failed": Condition(
            "That an endpoint didn't take",
            "EXISTS (SELECT FROM performance_webhookdelivery d WHERE d.event_id = r.id AND d.state = 'failed')",
        )
    },
    children=[
        Child("performance.WebhookDelivery", via="event"),
        Child("performance.WebhookAttempt", via="delivery", of="performance.WebhookDelivery"),
    ],
    guard="NOT EXISTS (SELECT FROM performance_webhookdelivery d WHERE d.event_id = r.id AND d.state = 'pending')",
    guard_says="What is still to be delivered stays.",
    subjects={"type": "r.type"},
)
MEASUREMENTS = Archivable(
    name="measurements",
    title="Measurements",
    model="performance.MetricBucket",
    age="r.bucket",
    says="Buckets of metrics by minute, hour and day. They are deleted anyway (after METRICS_RETENTION_HOURS, "
    "METRICS_HOURLY_DAYS and METRICS_DAILY_DAYS); a copy keeps what charts no longer show.",
    conditions={
        "minute": Condition("By the minute", "r.period_s = 60"),
        "hour": Condition("By the hour", "r.period_s = 3600"),
        "day": Condition("By the day", "r.period_s = 86400"),
    },
    subjects={"metric": "r.metric"},
)


def register_own() -> None:
    """In AppConfig.ready."""
    for target in (JOBS, PAID_CALLS, AUDIT, WEBHOOKS, MEASUREMENTS):
        register(target)

"""Django looks for models here; each lives with its noun."""

from performance.access.models import ApiToken, User
from performance.alerts.models import Alert, AlertMail, AlertReading, AlertRule, AlertTransition, Silence
from performance.api.models import IdempotencyKey
from performance.audit.models import AuditEntry
from performance.benchmark_runs.models import BenchmarkRun
from performance.cache.models import Warming
from performance.database.archival.models import ArchivalHold, ArchivalPolicy, ArchivalRun, ArchivalSegment
from performance.database.indexes.models import IndexAdvice, IndexReview
from performance.database.models import DatabaseConsole
from performance.database.statements.models import (
    Statement,
    StatementCounters,
    StatementDelta,
    StatementSnapshot,
)
from performance.database.tables.models import MaintenanceRun, TableSample
from performance.files.models import FileChunk, StoredFile
from performance.flags.models import Flag
from performance.jobs.models import Batch, Job, PaidCall, RunnerSlot, Worker
from performance.limits.models import Allowance
from performance.metrics.models import MetricBucket, MetricFlush, MetricLabels, MetricTotal, MetricWhole
from performance.queues.models import DeadTask, QueueState
from performance.regressions.models import Deploy, Regression
from performance.system.models import ProcessSample
from performance.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookSecret

__all__ = [
    "Alert",
    "AlertMail",
    "AlertReading",
    "AlertRule",
    "AlertTransition",
    "Allowance",
    "ApiToken",
    "ArchivalHold",
    "ArchivalPolicy",
    "ArchivalRun",
    "ArchivalSegment",
    "AuditEntry",
    "Batch",
    "BenchmarkRun",
    "DatabaseConsole",
    "DeadTask",
    "Deploy",
    "FileChunk",
    "Flag",
    "IdempotencyKey",
    "IndexAdvice",
    "IndexReview",
    "Job",
    "MaintenanceRun",
    "MetricBucket",
    "MetricFlush",
    "MetricLabels",
    "MetricTotal",
    "MetricWhole",
    "PaidCall",
    "ProcessSample",
    "QueueState",
    "Regression",
    "RunnerSlot",
    "Silence",
    "Statement",
    "StatementCounters",
    "StatementDelta",
    "StatementSnapshot",
    "StoredFile",
    "TableSample",
    "User",
    "Warming",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookSecret",
    "Worker",
]

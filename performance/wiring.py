"""What the platform's nouns have to do with each other and with Django, said once, when all models are there."""

from django.apps import AppConfig
from django.core.signals import request_finished
from django.db.backends.signals import connection_created
from django.db.models.signals import post_delete, post_migrate, post_save

from performance.access import known
from performance.access.roles import sync_after_migrate
from performance.alerts import catalogue
from performance.alerts import events as alert_events
from performance.alerts.defaults import make_after_migrate
from performance.api import request_ids
from performance.database.archival import runs as archival
from performance.database.archival.targets import register_own
from performance.database.arrays import install
from performance.database.figures import sample_pools
from performance.database.plans.role import grant_after_migrate
from performance.database.slow_queries import watch
from performance.database.statements.extension import create_after_migrate
from performance.flags.models import Flag
from performance.flags.services import forget
from performance.jobs import duties, listeners
from performance.jobs.kinds import register_path
from performance.limits import allowances
from performance.limits.models import Allowance
from performance.metrics import sending
from performance.system.sampling import sample_system
from performance.webhooks import emitting, events

# Every so many seconds, by one process of the installation.
DUTIES = {
    "replays": (1, "performance.queues.replays.send_due"),
    "alert mails": (5, "performance.alerts.mailing.send_due"),
    "queues": (10, "performance.queues.upkeep.look"),
    "alerts": (15, "performance.alerts.evaluating.evaluate"),
    "benchmarks": (20, "performance.benchmark_runs.services.tend"),
    "maintenance": (20, "performance.database.tables.maintenance.services.tend"),
    "statements": (60, "performance.database.statements.snapshots.take"),
    "tables": (300, "performance.database.tables.samples.take"),
    "statements' P95": (600, "performance.database.statements.latency.compare"),
    "indexes": (3600, "performance.database.indexes.services.refresh"),
}


def register() -> None:
    """Kinds of job, duties, samplers, signals to alert on, events, and what may be archived."""
    register_path(emitting.KIND, queue=emitting.QUEUE, path="performance.webhooks.kind.DeliveryKind")
    listeners.on_end(emitting.KIND, emitting.settle_cancelled)
    register_path(archival.KIND, queue=archival.QUEUE, path="performance.database.archival.kind.ArchivalKind")
    listeners.on_end(archival.KIND, archival.settle_cancelled)
    register_own()
    catalogue.register_all()
    events.register(alert_events.FIRING, alert_events.RESOLVED)
    sending.register_sampler(sample_pools)
    sending.register_sampler(sample_system)
    for name, (every_s, path) in DUTIES.items():
        duties.register(name, every_s=every_s, path=path)


def connect(app: AppConfig) -> None:
    """Django's signals."""
    for after_migrate in (make_after_migrate, sync_after_migrate, grant_after_migrate, create_after_migrate):
        post_migrate.connect(after_migrate, sender=app)
    for changed in (post_save, post_delete):
        changed.connect(forget, sender=Flag)
        changed.connect(allowances.changed, sender=Allowance)
    for connected in (watch, sending.ensure, install):
        connection_created.connect(connected)
    known.connect()
    request_finished.connect(request_ids.forget)

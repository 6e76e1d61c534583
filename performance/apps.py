from django.apps import AppConfig
from django.core.signals import request_finished
from django.db.backends.signals import connection_created
from django.db.models.signals import post_delete, post_migrate, post_save


class PerformanceConfig(AppConfig):
    name = "performance"
    verbose_name = "Platform"

    def ready(self) -> None:
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

        duties.register("benchmarks", every_s=20, path="performance.benchmark_runs.services.tend")
        register_path(emitting.KIND, queue=emitting.QUEUE, path="performance.webhooks.kind.DeliveryKind")
        listeners.on_end(emitting.KIND, emitting.settle_cancelled)
        catalogue.register_all()
        events.register(alert_events.FIRING, alert_events.RESOLVED)
        duties.register("alerts", every_s=15, path="performance.alerts.evaluating.evaluate")
        duties.register("alert mails", every_s=5, path="performance.alerts.mailing.send_due")
        post_migrate.connect(make_after_migrate, sender=self)
        register_path(archival.KIND, queue=archival.QUEUE, path="performance.database.archival.kind.ArchivalKind")
        listeners.on_end(archival.KIND, archival.settle_cancelled)
        register_own()
        post_migrate.connect(sync_after_migrate, sender=self)
        post_migrate.connect(grant_after_migrate, sender=self)
        post_migrate.connect(create_after_migrate, sender=self)
        duties.register("tables", every_s=300, path="performance.database.tables.samples.take")
        duties.register("maintenance", every_s=20, path="performance.database.tables.maintenance.services.tend")
        duties.register("replays", every_s=1, path="performance.queues.replays.send_due")
        duties.register("queues", every_s=10, path="performance.queues.upkeep.look")
        duties.register("statements", every_s=60, path="performance.database.statements.snapshots.take")
        duties.register("statements' P95", every_s=600, path="performance.database.statements.latency.compare")
        duties.register("indexes", every_s=3600, path="performance.database.indexes.services.refresh")
        post_save.connect(forget, sender=Flag)
        post_delete.connect(forget, sender=Flag)
        post_save.connect(allowances.changed, sender=Allowance)
        post_delete.connect(allowances.changed, sender=Allowance)
        known.connect()
        connection_created.connect(watch)
        connection_created.connect(sending.ensure)
        sending.register_sampler(sample_pools)
        sending.register_sampler(sample_system)
        connection_created.connect(install)
        request_finished.connect(request_ids.forget)

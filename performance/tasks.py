"""The platform's periodic work. Celery finds the tasks of `performance.jobs` here, too."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from performance.access.services import delete_expired_tokens
from performance.alerts import services as alerts
from performance.api.models import IdempotencyKey
from performance.benchmark_runs import services as benchmark_runs
from performance.cache import warming
from performance.database.archival import policies as archival
from performance.database.statements import retention
from performance.database.statements import tasks as statements
from performance.database.tables.maintenance import doing
from performance.files import services as files
from performance.flags import pruning
from performance.jobs.models import Worker
from performance.jobs.tasks import work
from performance.metrics import rollups
from performance.queues import upkeep as queues
from performance.regressions import detecting
from performance.system import samples
from performance.webhooks import services as webhooks

__all__ = [
    "archive_due",
    "benchmark",
    "expire_rows",
    "hunt_regressions",
    "maintain_table",
    "statements",
    "warm_cache",
    "work",
]
WORKER_KEPT = timedelta(days=1)


@shared_task(name="performance.tasks.expire_rows")
def expire_rows(**_future: object) -> dict[str, int]:
    """Delete what has had its time; how many rows of each. Idempotent."""
    at = timezone.now()
    rollups.roll_up()
    return {
        "idempotency keys": IdempotencyKey.objects.expired(at=at).delete()[0],
        "files": files.delete_expired(at=at),
        "tokens": delete_expired_tokens(at=at),
        "measurements": rollups.expire(at=at),
        "samples of processes": samples.expire(at=at),
        "statements": retention.expire(at=at),
        "webhook events": webhooks.delete_old(at=at),
        "alerts": alerts.expire(at=at),
        "dead tasks": queues.expire(at=at),
        "workers": Worker.objects.filter(seen_at__lt=at - WORKER_KEPT).delete()[0],
    }


@shared_task(name="performance.tasks.benchmark", soft_time_limit=3500, time_limit=3600)
def benchmark(*, run_id: int, **_future: object) -> None:
    """Measure the machine, as somebody asked."""
    benchmark_runs.carry_out(run_id)


@shared_task(name="performance.tasks.hunt_regressions", expires=300)
def hunt_regressions(**_future: object) -> int:
    """Look for endpoints and queries that became slower or faster for good; how many are new. Idempotent."""
    return detecting.hunt(at=timezone.now())


@shared_task(name="performance.tasks.warm_cache", expires=60)
def warm_cache(**_future: object) -> dict[str, int]:
    """Run the warmers whose time has come; how many values each made. Idempotent."""
    return {each.name: each.values for each in warming.warm_due(at=timezone.now())}


# Not once more after a worker died at it: the run is told to be lost, and whoever asked asks again.
@shared_task(
    name="performance.tasks.maintain_table",
    acks_late=False,
    soft_time_limit=doing.LONGEST_S + 120,
    time_limit=doing.LONGEST_S + 240,
)
def maintain_table(*, run_id: int, **_future: object) -> None:
    """VACUUM or ANALYZE what somebody asked for. Nothing where that was begun or ended before."""
    doing.carry_out(run_id)


@shared_task(name="performance.tasks.archive_due", expires=60)
def archive_due(**_future: object) -> dict[str, str]:
    """Start the archival policies whose schedules have fired; what became of each. Idempotent."""
    return archival.start_due(at=timezone.now())


@shared_task(name="performance.tasks.prune_silk", expires=300)
def prune_silk(**_future: object) -> int:
    """How many of silk's recorded requests had their time, or were too many. Idempotent."""
    return pruning.prune(at=timezone.now())

"""Asking for a VACUUM or ANALYZE, and keeping the rows of what was asked for true."""

import logging
from datetime import datetime, timedelta
from functools import cache, partial

import celery
import redis
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from performance.audit.services import Actor, audited
from performance.database.tables.errors import RunInProgress
from performance.database.tables.maintenance.listed import listed
from performance.database.tables.models import UNFINISHED, MaintenanceRun

logger = logging.getLogger(__name__)
TASK = "performance.tasks.maintain_table"
# A message that no worker took within this time is void, and was sent again by then.
WAITS_S = 40
KEPT = timedelta(days=90)
# Of another role's session only the pid may be seen: that counts as living.
_LOST = """
UPDATE performance_maintenancerun run SET state = 'lost', finished_at = %s,
    error = 'Its session ended before it was done: the worker or the database was stopped.'
WHERE state = 'running' AND NOT EXISTS (
    SELECT 1 FROM pg_stat_activity a
    WHERE a.pid = run.backend_pid AND coalesce(a.backend_start, run.backend_start) = run.backend_start
)
"""


def request_run(name: str, *, action: str, by: Actor, at: datetime) -> MaintenanceRun:
    """A run that a worker will do; audited, refused or not. No transaction may be around it.

    Raises UnknownTable, NotATable, TableNotListed, TableNotOurs, and RunInProgress where the table has one already.
    """
    with audited("table.optimize", subject=name, by=by, details={"action": action}) as asked:
        table = listed(name)
        asked.subject = table.name
        settle_lost(at=at)
        try:
            with transaction.atomic():
                run = MaintenanceRun.objects.create(
                    relation=table.name, action=action, requested_by=by.user, created_at=at
                )
        except IntegrityError as error:
            raise _in_progress(table.name) from error
        asked.details["run"] = run.pk
        transaction.on_commit(partial(wake, run.pk), robust=True)
    return run


def tend(*, at: datetime) -> None:
    """A duty: tell what was lost, send again what no worker has heard of, forget what is old. Idempotent."""
    settle_lost(at=at)
    unheard = MaintenanceRun.objects.filter(state="queued", created_at__lt=at - timedelta(seconds=WAITS_S))
    for run_id in unheard.order_by("pk").values_list("pk", flat=True):
        wake(run_id)
    MaintenanceRun.objects.filter(finished_at__lt=at - KEPT).delete()


def settle_lost(*, at: datetime) -> int:
    """Tell the runs whose session is gone; how many there were. While PostgreSQL goes on without us, it isn't gone."""
    with connection.cursor() as cursor:
        cursor.execute(_LOST, [at])
        return int(cursor.rowcount)


def wake(run_id: int) -> None:
    """Have a worker do it. Where the broker is away the duty comes again."""
    try:
        _app().send_task(TASK, kwargs={"run_id": run_id}, expires=WAITS_S, retry=False, ignore_result=True)
    except (OperationalError, OSError, redis.RedisError) as error:
        logger.warning("maintenance run %d waits for the broker: %s", run_id, error)


def _in_progress(name: str) -> RunInProgress:
    found = MaintenanceRun.objects.filter(relation=name, state__in=UNFINISHED).first()
    if found is None:
        return RunInProgress(f"{name} was being worked on until just now; ask again.")
    state = "is being worked on" if found.state == MaintenanceRun.State.RUNNING else "waits for a worker"
    return RunInProgress(f"{name} {state} ({found.action}, run {found.pk}); only one at a time.", run_id=found.pk)


@cache
def _app() -> "celery.Celery":
    app: celery.Celery = import_string(settings.WAKE_UP_APP)
    return app

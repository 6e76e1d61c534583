"""Whether all that should run does: the servers, the processes, and what they ought to have done by now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Max
from django_celery_beat.models import PeriodicTask

from performance.alerts.models import AlertReading
from performance.cache.connection import CacheGone, pinned
from performance.jobs.models import Worker
from performance.jobs.workers import PUMP, WORKER
from performance.metrics.models import MetricFlush

# Of something that is done every minute or oftener.
LATE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`says` is what was seen, or what to do."""

    name: str
    is_ok: bool
    says: str


def checks(*, at: datetime) -> list[Check]:
    """A handful of small statements. That the database answers is seen by having an answer at all."""
    return [
        _valkey(),
        _pump(),
        _workers(),
        _done_lately(
            "beat",
            _beat,
            at=at,
            missing="Beat has run nothing for minutes: schedules stand still. Is `celery beat` running?",
        ),
        _done_lately(
            "measurements",
            _measured,
            at=at,
            missing="Nothing measured has arrived for minutes: is the pump running, and does Valkey answer?",
        ),
        _done_lately(
            "alerts", _looked, at=at, missing="Nobody has looked at the alert rules for minutes: is the pump running?"
        ),
    ]


def _valkey() -> Check:
    try:
        pinned().call("PING")
    except CacheGone as error:
        return Check(name="valkey", is_ok=False, says=f"Nothing is cached, and no task is heard of: {error}")
    return Check(name="valkey", is_ok=True, says="answers")


def _pump() -> Check:
    alive = Worker.objects.live().filter(role=PUMP).count()
    says = f"{alive} alive" if alive else "None is alive: lost work isn't taken back. Start `manage.py pump`."
    return Check(name="pump", is_ok=bool(alive), says=says)


def _workers() -> Check:
    rows = Worker.objects.live().filter(role=WORKER).values_list("queues", flat=True)
    served = {queue for queues in rows for queue in queues}
    unserved = [queue for queue in settings.QUEUES if queue not in served]
    if not rows:
        return Check(name="workers", is_ok=False, says="None is alive: what is started waits. Start `make run`.")
    if unserved:
        return Check(name="workers", is_ok=False, says=f"Nobody serves {', '.join(unserved)}.")
    return Check(name="workers", is_ok=True, says=f"{len(rows)} alive, all queues served")


def _done_lately(name: str, when: Callable[[], datetime | None], *, at: datetime, missing: str) -> Check:
    last = when()
    if last is None or last < at - LATE:
        return Check(name=name, is_ok=False, says=missing)
    return Check(name=name, is_ok=True, says=f"{max(0, round((at - last).total_seconds()))} s ago")


def _beat() -> datetime | None:
    """Without those that somebody has just made or enabled, which count from then and haven't run."""
    rows = PeriodicTask.objects.filter(enabled=True).exclude(last_run_at=F("date_changed"))
    found: datetime | None = rows.aggregate(last=Max("last_run_at"))["last"]
    return found


def _measured() -> datetime | None:
    found: datetime | None = MetricFlush.objects.aggregate(last=Max("created_at"))["last"]
    return found


def _looked() -> datetime | None:
    found: datetime | None = AlertReading.objects.aggregate(last=Max("read_at"))["last"]
    return found

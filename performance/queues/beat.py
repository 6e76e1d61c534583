"""Celery beat's scheduler: django-celery-beat's rows, fired by the rule that the console shows.

What it does otherwise than its base: crons go by `performance.queues.firings`; a run is noted in its row at once, by an
update of what it changed, so that a killed beat repeats nothing and nobody's change is overwritten (the base keeps runs
for three minutes and then saves rows as it had read them); all enabled rows are kept, not those of the hours around.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from celery.schedules import schedstate
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry
from django_celery_beat.tzcrontab import TzAwareCrontab

from performance.queues.firings import HORIZON, next_after, of_crontab


class ZonedCron(TzAwareCrontab):
    """A cron in its zone, whatever the clocks do there."""

    def is_due(self, last_run_at: datetime) -> Any:
        """Due if a firing since the last run has come; and in how many seconds the next one will."""
        now, cron = self.nowfunc(), of_crontab(self)
        due = next_after(cron, zone=self.tz, after=last_run_at)
        coming = next_after(cron, zone=self.tz, after=now)
        seconds = (coming - now).total_seconds() if coming else HORIZON.total_seconds()
        return schedstate(due is not None and due <= now, seconds)

    def remaining_estimate(self, last_run_at: datetime, *_: Any) -> timedelta:
        coming = next_after(of_crontab(self), zone=self.tz, after=last_run_at)
        return (coming - self.nowfunc()) if coming else HORIZON


class Entry(ModelEntry):
    """A row as beat holds it."""

    def __init__(self, model: PeriodicTask, app: Any = None) -> None:
        super().__init__(model, app=app)
        schedule = getattr(self, "schedule", None)
        if isinstance(schedule, TzAwareCrontab):
            row = model.crontab
            fields = ("minute", "hour", "day_of_week", "day_of_month", "month_of_year")
            self.schedule = ZonedCron(**{name: getattr(row, name) for name in fields}, tz=row.timezone)

    def save(self) -> None:
        """Note the last run, if the row is enabled still and knows of none that is later."""
        at = self.model.last_run_at
        rows = PeriodicTask.objects.filter(Q(last_run_at__isnull=True) | Q(last_run_at__lt=at), enabled=True)
        rows.filter(pk=self.model.pk).update(last_run_at=at, total_run_count=self.model.total_run_count)


class Scheduler(DatabaseScheduler):
    """For CELERY_BEAT_SCHEDULER."""

    Entry: ClassVar = Entry

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "sync_every_tasks": 1})

    def setup_schedule(self) -> None:
        """A schedule counts from when it was first seen: else beat, started again within each hour, never fires one of
        an hour, since it takes a row's last change, which is that start, for its last run.
        """
        super().setup_schedule()
        PeriodicTask.objects.filter(last_run_at__isnull=True, enabled=True).update(last_run_at=Now())

    def install_default_entries(self, data: object) -> None:
        """None: results aren't kept, so there are none to clean up."""

    def enabled_models_qs(self) -> "QuerySet[PeriodicTask]":
        enabled: QuerySet[PeriodicTask] = PeriodicTask.objects.enabled().select_related("interval", "crontab")
        return enabled

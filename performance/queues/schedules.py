"""What runs when: django-celery-beat's rows, made and changed with every wish checked and on record.

A change, and an end of a rest, never fires for the time before it: the last run is set to now, unless somebody chose to
catch up, which is one run (django-celery-beat#383, #537).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks

from performance.audit.services import Action, Actor, audited, audited_effect
from performance.database.text import storable, storable_json
from performance.queues import firings
from performance.queues.errors import BadSchedule, NoSuchSchedule
from performance.queues.firings import Firing
from performance.queues.schedulable import allowed
from performance.queues.sending import Wanted, send

LONGEST_S = 366 * 86_400
MOST_ARGUMENTS = 8_192
_CRON = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A schedule as somebody wants it: either a cron in a zone or every so many seconds."""

    name: str
    task: str
    cron: str = ""
    every_s: int | None = None
    zone: str = "UTC"
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    is_enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A schedule, and when it fires next; `is_ours` of one that the release brings along, whose times stay."""

    row: PeriodicTask
    cron: str
    every_s: float | None
    zone: str
    is_ours: bool
    next: Sequence[Firing]

    @property
    def last_run_at(self) -> datetime | None:
        """None of one that hasn't run since it was made, changed or enabled: what its row has then is from when on it
        counts.
        """
        has_run = self.row.total_run_count and self.row.last_run_at != self.row.date_changed
        return self.row.last_run_at if has_run else None


def set_schedule(wish: Wish, *, by: Actor, at: datetime) -> Planned:
    """Make it, or change the one of this name. Audited, done or refused. Raises BadSchedule."""
    with audited("schedule.set", subject=wish.name, by=by, details=_told(wish)):
        _check(wish, at=at)
        fields: dict[str, Any] = {
            "task": wish.task,
            "args": json.dumps(list(wish.args)),
            "kwargs": json.dumps(dict(wish.kwargs)),
            "enabled": wish.is_enabled,
            **_times(wish),
        }
        row, _ = PeriodicTask.objects.select_for_update(of=("self",)).update_or_create(name=wish.name, defaults=fields)
        _begin_from(row, at)
    return planned(row, at=at)


def enable(name: str, *, by: Actor, at: datetime, catches_up: bool = False) -> Planned:
    """Audited. From now on; with `catches_up` once at once, if it would have fired meanwhile. Idempotent."""
    with _changed("schedule.enable", name, by=by, details={"catch_up": catches_up}) as (row, action):
        if row.enabled:
            action.details["unchanged"] = True
        else:
            last = (row.last_run_at or row.date_changed) if catches_up else at
            PeriodicTask.objects.filter(pk=row.pk).update(enabled=True, last_run_at=last, date_changed=at)
    return planned(_named(name), at=at)


def disable(name: str, *, by: Actor, at: datetime) -> Planned:
    """Audited. Idempotent. Its last run is kept for who wants to catch up."""
    with _changed("schedule.disable", name, by=by) as (row, _):
        PeriodicTask.objects.filter(pk=row.pk, enabled=True).update(
            enabled=False, last_run_at=row.last_run_at or at, date_changed=at
        )
    return planned(_named(name), at=at)


def delete(name: str, *, by: Actor) -> None:
    """Audited. Raises BadSchedule for one of the release's, which would be there again at beat's next start."""
    with _changed("schedule.delete", name, by=by) as (row, _):
        if _is_ours(name):
            raise BadSchedule(f"{name} comes with the release and can't be deleted: disable it.")
        row.delete()


def run_now(name: str, *, by: Actor) -> str:
    """As `send_now`, audited."""
    with audited_effect("schedule.run", subject=name, by=by) as action:
        action.details["task_id"] = task_id = send_now(name)
    return task_id


def send_now(name: str) -> str:
    """Send its task once, enabled or not; its times stay as they are. The id of the task. Raises BrokerOut."""
    row = _named(name)
    return send(
        Wanted(
            task=row.task,
            args=json.loads(row.args or "[]"),
            kwargs=json.loads(row.kwargs or "{}"),
            queue=row.queue or "",
            priority=row.priority,
            headers={"periodic_task_name": row.name},
        )
    )


def listed(*, at: datetime) -> list[Planned]:
    """All of them, by name."""
    rows = PeriodicTask.objects.select_related("crontab", "interval").order_by("name")
    return [planned(row, at=at) for row in rows]


def planned(row: PeriodicTask, *, at: datetime) -> Planned:
    """A row with its next five firings: those of an enabled one, or what they would be."""
    cron, every_s, zone, following = "", None, ZoneInfo("UTC"), list[Firing]()
    if row.crontab:
        zone = ZoneInfo(str(row.crontab.timezone))
        cron = " ".join(getattr(row.crontab, name) for name in _CRON)
        following = firings.next_five(firings.of_crontab(row.crontab.schedule), zone=zone, after=at)
    elif row.interval:
        every_s = row.interval.schedule.run_every.total_seconds()
        zone = ZoneInfo(settings.TIME_ZONE)
        last = (row.last_run_at or row.date_changed) if row.enabled else at
        following = firings.every(int(every_s) or 1, zone=zone, after=at, last=last)
    return Planned(row=row, cron=cron, every_s=every_s, zone=zone.key, is_ours=_is_ours(row.name), next=following)


@contextmanager
def _changed(
    action: str, name: str, *, by: Actor, details: Mapping[str, Any] | None = None
) -> Iterator[tuple[PeriodicTask, Action]]:
    """The row, locked, in the transaction of its entry in the log; beat is told that something changed."""
    with audited(action, subject=name, by=by, details=details) as entry:
        row = PeriodicTask.objects.select_for_update(of=("self",)).filter(name=name).first()
        if row is None:
            raise NoSuchSchedule(f"There is no schedule {name!r}.")
        yield row, entry
        PeriodicTasks.update_changed()


def _named(name: str) -> PeriodicTask:
    row = PeriodicTask.objects.select_related("crontab", "interval").filter(name=name).first()
    if row is None:
        raise NoSuchSchedule(f"There is no schedule {name!r}.")
    return row


def _is_ours(name: str) -> bool:
    return name in settings.CELERY_BEAT_SCHEDULE


def _check(wish: Wish, *, at: datetime) -> None:
    if not wish.name.strip() or storable(wish.name) != wish.name or "/" in wish.name:
        raise BadSchedule("A schedule needs a name, and one without a slash.")
    if _is_ours(wish.name):
        raise BadSchedule(f"{wish.name} comes with the release, which sets its times: enable or disable it.")
    if wish.task not in allowed():
        raise BadSchedule(f"{wish.task!r} isn't on the list of what may be scheduled: {', '.join(allowed())}.")
    if bool(wish.cron) == (wish.every_s is not None):
        raise BadSchedule("Give either a cron or an interval (every_s).")
    if wish.zone not in available_timezones():
        raise BadSchedule(f"There is no time zone {wish.zone!r}; it is named as Europe/Berlin is.")
    if wish.cron:
        _check_cron(wish, at=at)
    elif not 1 <= (wish.every_s or 0) <= LONGEST_S:
        raise BadSchedule(f"An interval is from 1 second to {LONGEST_S} seconds, which is a year.")
    _check_arguments(wish)


def _check_cron(wish: Wish, *, at: datetime) -> None:
    try:
        cron = firings.cron_of(wish.cron)
    except ValueError as error:
        raise BadSchedule(f"The cron {wish.cron!r} can't be used: {error}.".replace("..", ".")) from error
    if firings.next_after(cron, zone=ZoneInfo(wish.zone), after=at) is None:
        raise BadSchedule(f"The cron {wish.cron!r} never fires: no such day comes within forty years.")


def _check_arguments(wish: Wish) -> None:
    called = {"args": list(wish.args), "kwargs": dict(wish.kwargs)}
    if storable_json(called) != called:
        raise BadSchedule("The arguments hold text that can't be stored (NUL, or half a character).")
    if len(json.dumps(called)) > MOST_ARGUMENTS:
        raise BadSchedule(f"The arguments are longer than {MOST_ARGUMENTS:,} characters of JSON.")


def _times(wish: Wish) -> dict[str, Any]:
    """Rows of times are shared by schedules, and never changed."""
    nothing: dict[str, Any] = {"crontab": None, "interval": None, "solar": None, "clocked": None, "one_off": False}
    if wish.cron:
        fields = dict(zip(_CRON, wish.cron.split(), strict=True), timezone=wish.zone)
        found = CrontabSchedule.objects.filter(**fields).order_by("pk").first()
        return nothing | {"crontab": found or CrontabSchedule.objects.create(**fields)}
    wanted = {"every": wish.every_s, "period": IntervalSchedule.SECONDS}
    interval = IntervalSchedule.objects.filter(**wanted).order_by("pk").first()
    return nothing | {"interval": interval or IntervalSchedule.objects.create(**wanted)}


def _begin_from(row: PeriodicTask, at: datetime) -> None:
    """Past the row's own save, which forgets the last run of a disabled one."""
    PeriodicTask.objects.filter(pk=row.pk).update(last_run_at=at, date_changed=at)
    row.last_run_at = row.date_changed = at
    transaction.on_commit(PeriodicTasks.update_changed, robust=True)


def _told(wish: Wish) -> Mapping[str, Any]:
    times = {"cron": wish.cron, "zone": wish.zone} if wish.cron else {"every_s": wish.every_s}
    return {
        "task": wish.task,
        **times,
        "args": list(wish.args),
        "kwargs": dict(wish.kwargs),
        "enabled": wish.is_enabled,
    }

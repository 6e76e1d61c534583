"""When a schedule fires: a rule of its own, and what shows it and what does it (`beat`) both go by it. Pure.

Celery's crontab reckons in wall time without looking at what the clocks do, so at the change to and from summer time a
firing comes late or is left out (django-celery-beat#194; figures in docs/queues.md). Here, as in Vixie's cron:

- a cron that names every hour goes by real time: nothing is left out or repeated;
- one that names hours fires once for each time it names. A time that the clocks skip (a gap) fires at the moment they
  do; one that they show twice (a fold) fires at the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from celery.schedules import crontab

EVERY_HOUR = frozenset(range(24))
# 29 February falls on each weekday within 40 years, whatever century lies between.
HORIZON = timedelta(days=41 * 366)


class Flag(StrEnum):
    """What the clocks do at a firing."""

    NONE = ""
    GAP = "gap"
    FOLD = "fold"


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields as sets of numbers; Sunday is 0. As in Celery, day of month *and* day of week have to fit."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def has_day(self, day: date) -> bool:
        return day.day in self.days and day.month in self.months and day.isoweekday() % 7 in self.weekdays


@dataclass(frozen=True, slots=True, order=True)
class Firing:
    """`at` in UTC; `wall` as the zone's clocks show it then; `wanted` is the time named, where they differ."""

    at: datetime
    wall: datetime
    flag: Flag = Flag.NONE
    wanted: datetime | None = None

    @property
    def on_the_wall(self) -> str:
        """As somebody in the zone reads it off: a template would show its own zone's."""
        return f"{self.wall:%a %d %b %Y, %H:%M:%S}"

    @property
    def in_utc(self) -> str:
        return f"{self.at:%H:%M} UTC"


def cron_of(expression: str) -> Cron:
    """Of the five fields of crontab(5), as Celery reads them. Raises ValueError, whose text says what is wrong."""
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"a cron has five fields (minute, hour, day of month, month, day of week), not {len(fields)}")
    minute, hour, day, month, weekday = fields
    read = crontab(minute=minute, hour=hour, day_of_month=day, month_of_year=month, day_of_week=weekday)
    return of_crontab(read)


def of_crontab(read: Any) -> Cron:
    """Of a Celery crontab, or what derives from it."""
    sets = (read.minute, read.hour, read.day_of_month, read.month_of_year, read.day_of_week)
    return Cron(*(frozenset(each) for each in sets))


def firings(cron: Cron, *, zone: ZoneInfo, after: datetime) -> Iterator[Firing]:
    """Those later than `after`, in order; ends where there are none within forty years."""
    every = _by_real_time if cron.hours >= EVERY_HOUR else _by_the_clock
    seen = after
    for firing in every(cron, zone, after):
        # Several times that the same gap skips are one firing.
        if firing.at > seen:
            seen = firing.at
            yield firing


def next_after(cron: Cron, *, zone: ZoneInfo, after: datetime) -> datetime | None:
    return next((each.at for each in firings(cron, zone=zone, after=after)), None)


def next_five(cron: Cron, *, zone: ZoneInfo, after: datetime) -> list[Firing]:
    return list(islice(firings(cron, zone=zone, after=after), 5))


def every(seconds: int, *, zone: ZoneInfo, after: datetime, last: datetime) -> list[Firing]:
    """The next five of an interval, which goes by real time from the last; one that is due already fires at once."""
    first = max(last + timedelta(seconds=seconds), after)
    moments = [first + timedelta(seconds=seconds * n) for n in range(5)]
    return [Firing(at.astimezone(UTC), at.astimezone(zone)) for at in moments]


def _by_real_time(cron: Cron, zone: ZoneInfo, after: datetime) -> Iterator[Firing]:
    """Hour by hour in UTC: the minutes that the clocks show in it decide."""
    hour = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end = after + HORIZON
    while hour < end:
        wall = hour.astimezone(zone)
        if not cron.has_day(wall.date()) and not cron.has_day((hour + timedelta(hours=1)).astimezone(zone).date()):
            # On to the day after in one step; the clocks may go twice over its midnight, so an hour less.
            ahead = datetime.combine(wall.date() + timedelta(days=1), datetime.min.time(), tzinfo=zone)
            hour = max(hour + timedelta(hours=1), ahead.astimezone(UTC).replace(minute=0) - timedelta(hours=1))
            continue
        for minute in range(60):
            at = hour + timedelta(minutes=minute)
            shown = at.astimezone(zone)
            if shown.minute in cron.minutes and cron.has_day(shown.date()):
                yield Firing(at, shown, Flag.FOLD if _is_in_fold(shown, zone) else Flag.NONE)
        hour += timedelta(hours=1)


def _by_the_clock(cron: Cron, zone: ZoneInfo, after: datetime) -> Iterator[Firing]:
    """Day by day: the times that the schedule names, and when the clocks show them."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    end = day + HORIZON
    while day < end:
        if cron.has_day(day):
            for hour in sorted(cron.hours):
                for minute in sorted(cron.minutes):
                    yield _shown(datetime.combine(day, time(hour, minute)), zone)
        day += timedelta(days=1)


def _shown(wanted: datetime, zone: ZoneInfo) -> Firing:
    first = wanted.replace(tzinfo=zone, fold=0)
    at = first.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != wanted:
        skipped_at = _end_of_gap(first, zone)
        return Firing(skipped_at, skipped_at.astimezone(zone), Flag.GAP, wanted)
    return Firing(at, first, Flag.FOLD if _is_in_fold(first, zone) else Flag.NONE)


def _end_of_gap(inside: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks skip the time `inside`: where the offset of before it ends."""
    before, after = (inside.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    low = (inside.replace(tzinfo=UTC) - max(before, after)).astimezone(UTC)
    high = (inside.replace(tzinfo=UTC) - min(before, after)).astimezone(UTC)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _is_in_fold(shown: datetime, zone: ZoneInfo) -> bool:
    naive = shown.replace(tzinfo=None)
    return naive.replace(tzinfo=zone, fold=0).utcoffset() != naive.replace(tzinfo=zone, fold=1).utcoffset()

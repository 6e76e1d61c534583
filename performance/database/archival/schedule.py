"""When a schedule fires: five fields as in cron, by the clocks of a time zone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from celery.schedules import ParseException, crontab_parser

from performance.database.archival.errors import BadSchedule

# Every February the 29th comes within eight years (1896-1904, 2096-2104).
LONGEST = timedelta(days=8 * 366)


@dataclass(frozen=True, slots=True)
class Schedule:
    """As cron has it: where both days are restricted, either will do."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_either_day: bool
    zone: ZoneInfo

    def after(self, at: datetime) -> datetime | None:
        """The first firing later than `at`; None of one that never comes.

        A time that the clocks leap over fires as much later as they leap; one that they show twice fires once.
        """
        return next((firing for firing in self._firings(at) if firing > at), None)

    def _firings(self, at: datetime) -> Iterator[datetime]:
        first = (at.astimezone(self.zone) - timedelta(days=1)).date()
        for number in range((LONGEST + timedelta(days=2)).days):
            day = first + timedelta(days=number)
            if self._has(day):
                yield from sorted(self._at(day, hour, minute) for hour in self.hours for minute in self.minutes)

    def _has(self, day: date) -> bool:
        is_day, is_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        wanted = is_day or is_weekday if self.is_either_day else is_day and is_weekday
        return day.month in self.months and wanted

    def _at(self, day: date, hour: int, minute: int) -> datetime:
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)


def schedule_of(cron: str, *, zone: str) -> Schedule:
    """Raises BadSchedule, also of one that never fires."""
    fields = cron.split()
    if len(fields) != 5:
        raise BadSchedule
    if zone not in available_timezones():
        raise BadSchedule(f"There is no time zone {zone!r}.")
    try:
        minutes, hours, days, months, weekdays = (
            frozenset(crontab_parser(most, least).parse(text))
            for text, (most, least) in zip(fields, ((60, 0), (24, 0), (31, 1), (12, 1), (7, 0)), strict=True)
        )
    except (ParseException, ValueError) as error:
        raise BadSchedule(f"The schedule {cron!r} can't be read: {error}.") from error
    is_either = not fields[2].startswith("*") and not fields[4].startswith("*")
    found = Schedule(minutes, hours, days, months, weekdays, is_either, ZoneInfo(zone))
    if found.after(datetime(2000, 1, 1, tzinfo=UTC)) is None:
        raise BadSchedule(f"The schedule {cron!r} never fires.")
    return found

"""How far back is looked, and in which steps. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from performance.database.statements.models import StatementDelta

MINUTES_KEPT, HOURS_KEPT, DAYS_KEPT = timedelta(hours=24), timedelta(days=90), timedelta(days=730)
MOST_POINTS = 60
_BY_MINUTE, _BY_HOUR = timedelta(hours=1), timedelta(days=31)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_SAID = re.compile(r"([1-9]\d{0,4})([mhd])")
_STEPS_S = (60, 120, 300, 3600, 2 * 3600, 6 * 3600, 12 * 3600, 86_400, 7 * 86_400, 14 * 86_400)
Period = StatementDelta.Period


@dataclass(frozen=True, slots=True)
class Window:
    """From `start`, the beginning of the first minute, hour or day that is read, to `end`."""

    period: StatementDelta.Period
    start: datetime
    end: datetime

    @property
    def step_s(self) -> int:
        """Of a chart: at least the period, and MOST_POINTS whole steps at most."""
        whole_s = (self.end - self.start).total_seconds()
        return next(each for each in _STEPS_S if each >= self.period and whole_s // each <= MOST_POINTS)

    @property
    def buckets(self) -> list[datetime]:
        """When each minute, hour or day that is read began."""
        count = int((self.end - self.start).total_seconds() // self.period) + 1
        return [self.start + timedelta(seconds=n * int(self.period)) for n in range(count)]

    @property
    def steps(self) -> list[datetime]:
        """When each began, whether or not anything was called in it."""
        first, step_s = self.place(self.start), self.step_s
        return [_at((first + n) * step_s) for n in range(self.place(self.end) - first + 1)]

    def place(self, at: datetime) -> int:
        """The number of the step that it is in, from 1970 on."""
        return int(at.timestamp() // self.step_s)


def over_of(text: str) -> timedelta | None:
    """ "90m", "24h", "7d", up to two years; None of anything else."""
    match = _SAID.fullmatch(text)
    over = int(match[1]) * _UNITS[match[2]] if match else None
    return over if over is not None and over <= DAYS_KEPT else None


def window_of(over: timedelta, *, at: datetime) -> Window:
    """The last hour by minutes, up to a month by hours, what is longer by days; the first one is read whole."""
    period = Period.MINUTE if over <= _BY_MINUTE else Period.HOUR if over <= _BY_HOUR else Period.DAY
    return Window(period, _at((at - over).timestamp() // period * period), at)


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

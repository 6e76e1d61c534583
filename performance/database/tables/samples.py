"""The duty that writes down what tables are like once an hour and once a day, and what can be told from that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from performance.database.tables import facts
from performance.database.tables.growth import Point
from performance.database.tables.models import TableSample
from performance.metrics.looks import once_a_look

Period = TableSample.Period
WHOLE = ""
KEPT = {Period.HOUR: timedelta(days=8), Period.DAY: timedelta(days=2 * 366)}
# What growth is told from: the last quarter of a year by days, and the last days by hours until there are days.
_LOOKED_AT = {Period.HOUR: timedelta(days=3), Period.DAY: timedelta(days=92)}
MONTH = timedelta(days=31)
FEWEST_DAYS = 12
_TRENDS = """
SELECT relation, array_agg(extract(epoch FROM taken_at)::float8 ORDER BY taken_at),
    array_agg(bytes::float8 ORDER BY taken_at)
FROM performance_tablesample
WHERE period_s = %(period)s AND taken_at >= %(since)s
    AND (extract(epoch FROM taken_at)::bigint / %(period)s) %% %(every)s = 0
GROUP BY relation
"""


class Sample(NamedTuple):
    """What is read of a TableSample."""

    taken_at: datetime
    bytes: int
    blocks_hit: int
    blocks_read: int


@dataclass(frozen=True, slots=True)
class History:
    """One table's samples, ascending. `hours` reach back three days, `days` three months."""

    hours: Sequence[Sample]
    days: Sequence[Sample]

    @property
    def points(self) -> list[Point]:
        """Sizes to tell growth from."""
        found = self.days if len(self.days) >= FEWEST_DAYS else self.hours
        return [(each.taken_at, float(each.bytes)) for each in found]

    def hit_rate(self) -> float | None:
        """Of the last day's blocks, the share found in shared buffers; None where nothing tells."""
        recent = self.hours[-25:]
        if len(recent) < 2:
            return None
        hit = recent[-1].blocks_hit - recent[0].blocks_hit
        read = recent[-1].blocks_read - recent[0].blocks_read
        # The server's counters may have begun anew meanwhile.
        return hit / (hit + read) if hit >= 0 and read >= 0 and hit + read else None


def take(*, at: datetime) -> None:
    """Write down this hour and this day, each once; forget what is old. Idempotent."""
    due = [period for period in Period if not _is_there(period, at=at)]
    if not due:
        return
    made = list(_samples(due, at=at))
    TableSample.objects.bulk_create(made, ignore_conflicts=True)
    for period, kept in KEPT.items():
        TableSample.objects.filter(period_s=period, taken_at__lt=at - kept).delete()


def trends(*, at: datetime) -> Mapping[str, list[Point]]:
    """What the growth of every table is told from: a month of days, or, where there are too few, the last days by every
    third hour. Two statements; all of their history would be twenty thousand rows of a hundred tables.
    """
    found = _points(Period.HOUR, since=at - _LOOKED_AT[Period.HOUR], every=3)
    days = _points(Period.DAY, since=at - MONTH, every=1)
    return {**found, **{name: points for name, points in days.items() if len(points) >= FEWEST_DAYS}}


def _points(period: Period, *, since: datetime, every: int) -> dict[str, list[Point]]:
    with connection.cursor() as cursor:
        cursor.execute(_TRENDS, {"period": period, "since": since, "every": every})
        return {
            name: [(datetime.fromtimestamp(at_s, UTC), size) for at_s, size in zip(times, sizes, strict=True)]
            for name, times, sizes in cursor.fetchall()
        }


@once_a_look
def history(name: str, *, at: datetime) -> History:
    """Of one table; none at all of one that is new. Two statements."""
    rows = TableSample.objects.filter(relation=name).order_by("taken_at").values_list(*Sample._fields)
    hours, days = (
        [Sample(*row) for row in rows.filter(period_s=period, taken_at__gte=at - back)]
        for period, back in _LOOKED_AT.items()
    )
    return History(hours, days)


def _is_there(period: Period, *, at: datetime) -> bool:
    return TableSample.objects.filter(relation=WHOLE, period_s=period, taken_at=_began(period, at=at)).exists()


def _samples(periods: Sequence[Period], *, at: datetime) -> Iterator[TableSample]:
    tables, database = facts.tables(), facts.database()
    for period in periods:
        began = _began(period, at=at)
        yield TableSample(
            relation=WHOLE,
            period_s=period,
            taken_at=began,
            bytes=database.bytes,
            index_bytes=sum(each.index_bytes for each in tables),
            rows=sum(each.rows for each in tables),
            blocks_hit=database.blocks_hit,
            blocks_read=database.blocks_read,
        )
        yield from (_sample(each, period, began=began) for each in tables if not each.is_locked)


def _sample(table: facts.TableFacts, period: Period, *, began: datetime) -> TableSample:
    hit, read = table.blocks("heap", "idx", "toast", "tidx")
    return TableSample(
        relation=table.name,
        period_s=period,
        taken_at=began,
        bytes=table.total_bytes,
        index_bytes=table.index_bytes,
        rows=table.rows,
        blocks_hit=hit,
        blocks_read=read,
    )


def _began(period: Period, *, at: datetime) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // period * period, UTC)

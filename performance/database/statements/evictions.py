"""How often pg_stat_statements had no room: what it threw away meanwhile is counted for too little."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from performance.database.statements.models import StatementSnapshot


@dataclass(frozen=True, slots=True)
class Evictions:
    """`times` room was made, each time for a twentieth of `most_entries`."""

    times: int
    most_entries: int


def evictions(*, at: datetime, over: timedelta) -> Evictions:
    """Between the first and the last look in this time; from the last reset on, where there was one."""
    looks = StatementSnapshot.objects.filter(at__gt=at - over, at__lte=at)
    last = looks.order_by("-at").first()
    if last is None:
        return Evictions(0, 0)
    alike = looks.filter(stats_reset=last.stats_reset, deallocations__lte=last.deallocations)
    first = alike.order_by("at").first() or last
    return Evictions(last.deallocations - first.deallocations, last.most_entries)

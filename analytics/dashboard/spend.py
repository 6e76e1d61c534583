"""What paid calls cost, and what the ledger saved, by the day their batch was started."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from performance.jobs.models import Batch

DAYS = 30


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    spent_micros: int
    share: float

    @property
    def top(self) -> str:
        """Where the day's bar begins, in per cent from above; a day with spend shows at least a sliver."""
        return f"{100 - self.height:.1f}"

    @property
    def height(self) -> float:
        return max(4.0, 100 * self.share) if self.spent_micros else 0.0


@dataclass(frozen=True, slots=True)
class Spend:
    """Micro-dollars, over the last 30 days including today."""

    today_micros: int
    spent_micros: int
    saved_micros: int
    calls: int
    ledger_hits: int
    since: date
    today: date
    days: list[Day]

    @property
    def hit_rate(self) -> float | None:
        """The share of answers that came from the ledger, 0-100; None without any."""
        asked = self.calls + self.ledger_hits
        return 100 * self.ledger_hits / asked if asked else None


def spend(*, at: datetime) -> Spend:
    """One statement, over the batches' own counters."""
    today = timezone.localdate(at)
    since = today - timedelta(days=DAYS - 1)
    start = timezone.make_aware(datetime.combine(since, datetime.min.time()))
    rows = (
        Batch.objects.filter(created_at__gte=start)
        .order_by()
        .values(on=TruncDate("created_at"))
        .annotate(spent=Sum("spent_micros"), saved=Sum("saved_micros"), paid=Sum("calls"), hits=Sum("ledger_hits"))
    )
    by_day = {row["on"]: row for row in rows}
    return Spend(
        today_micros=by_day[today]["spent"] if today in by_day else 0,
        spent_micros=sum(row["spent"] for row in by_day.values()),
        saved_micros=sum(row["saved"] for row in by_day.values()),
        calls=sum(row["paid"] for row in by_day.values()),
        ledger_hits=sum(row["hits"] for row in by_day.values()),
        since=since,
        today=today,
        days=_days(since, {on: row["spent"] for on, row in by_day.items()}),
    )


def _days(since: date, spent: dict[date, int]) -> list[Day]:
    most = max(spent.values(), default=0) or 1
    dates = [since + timedelta(days=number) for number in range(DAYS)]
    return [Day(on, spent.get(on, 0), spent.get(on, 0) / most) for on in dates]

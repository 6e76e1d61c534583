"""Minutes into hours, hours into days, and what has had its time deleted: the hourly task's part."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from performance.metrics.models import MetricBucket, MetricFlush, MetricLabels, MetricTotal, MetricWhole

# Longer than Valkey's memory and any hand-over that may come again from it.
FLUSHES_KEPT = timedelta(days=7)
Period = MetricBucket.Period

# Each bucket anew from all there is below it: however often, and whatever came late, the result is the same.
_ROLL_UP = """
WITH source AS MATERIALIZED (
    SELECT *, date_trunc(%(unit)s, bucket, 'UTC') AS larger FROM {table}
    WHERE metric = %(metric)s AND period_s = %(below)s AND bucket >= %(start)s
), histograms AS (
    SELECT larger{of}, array_agg(bin ORDER BY bin) AS bins, array_agg(n ORDER BY bin) AS counts
    FROM (
        SELECT larger{of}, bin, sum(each.n)::bigint AS n
        FROM source, unnest(bins, counts) AS each (bin, n) GROUP BY larger{of}, bin
    ) AS summed GROUP BY larger{of}
)
INSERT INTO {table} (metric, period_s, bucket{of}, n, total, low, high, bins, counts)
SELECT %(metric)s, %(period)s, larger{of}, sum(s.n), sum(s.total), min(s.low), max(s.high),
    coalesce(h.bins, '{{}}'), coalesce(h.counts, '{{}}')
FROM source s LEFT JOIN histograms h USING (larger{of})
GROUP BY larger{of}, h.bins, h.counts
ORDER BY larger{of}
ON CONFLICT (metric, period_s, bucket{of}) DO UPDATE SET n = excluded.n, total = excluded.total,
    low = excluded.low, high = excluded.high, bins = excluded.bins, counts = excluded.counts
"""
_BUCKETS = _ROLL_UP.format(table="performance_metricbucket", of=", labels_hash")
_WHOLES = _ROLL_UP.format(table="performance_metricwhole", of="")


def roll_up() -> int:
    """Hours and days from the oldest minute on that was stored since the last time; how many buckets. Idempotent.

    Atomic a metric; a flush counts as rolled up when all metrics are.
    """
    waiting = list(MetricFlush.objects.filter(is_rolled_up=False).values_list("pk", "oldest"))
    if not waiting:
        return 0
    oldest = min(at for _, at in waiting)
    written = 0
    for metric in _metrics():
        with transaction.atomic():
            hour = oldest.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            written += _roll_up(metric, below=Period.MINUTE, unit="hour", start=hour)
            written += _roll_up(metric, below=Period.HOUR, unit="day", start=hour.replace(hour=0))
    MetricFlush.objects.filter(pk__in=[pk for pk, _ in waiting]).update(is_rolled_up=True)
    return written


def expire(*, at: datetime) -> int:
    """Delete minutes older than METRICS_RETENTION_HOURS, hours than METRICS_HOURLY_DAYS, days than METRICS_DAILY_DAYS,
    and labels and totals that nothing was measured of for so long. How many buckets.

    Roll up first: what isn't is lost with its minutes.
    """
    days = timedelta(days=settings.METRICS_DAILY_DAYS)
    kept = {
        Period.MINUTE: _retention(),
        Period.HOUR: timedelta(days=settings.METRICS_HOURLY_DAYS),
        Period.DAY: days,
    }
    deleted = 0
    for metric in _metrics():
        for period, time in kept.items():
            expired = {"metric": metric, "period_s": period, "bucket__lt": _whole_hour(at - time)}
            rows, wholes = MetricBucket.objects.filter(**expired), MetricWhole.objects.filter(**expired)
            deleted += rows._raw_delete(rows.db)
            wholes._raw_delete(wholes.db)
    MetricFlush.objects.filter(created_at__lt=at - FLUSHES_KEPT, is_rolled_up=True).delete()
    MetricLabels.objects.filter(seen_at__lt=at - days - timedelta(days=2)).delete()
    MetricTotal.objects.filter(seen_at__lt=at - days).delete()
    return deleted


def accepted_from(*, at: datetime) -> datetime:
    """The oldest minute that is still stored: an hour later than what expiry deletes, which takes whole hours."""
    return _whole_hour(at - _retention()) + timedelta(hours=1)


def _roll_up(metric: str, *, below: int, unit: str, start: datetime) -> int:
    period = Period.HOUR if unit == "hour" else Period.DAY
    given: dict[str, Any] = {"metric": metric, "below": int(below), "period": int(period), "unit": unit, "start": start}
    with connection.cursor() as cursor:
        cursor.execute(_WHOLES, given)
        cursor.execute(_BUCKETS, given)
        return int(cursor.rowcount)


def _metrics() -> list[str]:
    return list(MetricLabels.objects.order_by("metric").values_list("metric", flat=True).distinct())


def _retention() -> timedelta:
    return timedelta(hours=settings.METRICS_RETENTION_HOURS)


def _whole_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)

"""Buckets as the flusher would have written them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from performance.metrics.flushing import hash_of
from performance.metrics.histogram import bin_of
from performance.metrics.models import MetricBucket, MetricLabels


def make_bucket(
    metric: str,
    values: Sequence[float],
    *,
    at: datetime,
    labels: Mapping[str, str] | None = None,
    period_s: int = 60,
) -> MetricBucket:
    text = "{" + ",".join(f'"{key}":"{value}"' for key, value in sorted((labels or {}).items())) + "}"
    MetricLabels.objects.update_or_create(
        metric=metric, labels_hash=hash_of(text), defaults={"labels": dict(labels or {}), "seen_at": at}
    )
    bins = Counter(map(bin_of, values))
    return MetricBucket.objects.create(
        metric=metric,
        period_s=period_s,
        bucket=datetime.fromtimestamp(at.timestamp() // period_s * period_s, UTC),
        labels_hash=hash_of(text),
        n=len(values),
        total=sum(values),
        low=min(values),
        high=max(values),
        bins=sorted(bins),
        counts=[bins[each] for each in sorted(bins)],
    )


MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

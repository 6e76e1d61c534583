"""Buckets as the flusher would have written them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from performance.metrics.flushing import hash_of
from performance.metrics.histogram import bin_of
from performance.metrics.models import MetricBucket, MetricLabels, MetricWhole


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
    bucket = datetime.fromtimestamp(at.timestamp() // period_s * period_s, UTC)
    of = {"metric": metric, "period_s": period_s, "bucket": bucket}
    _add_to_whole(of, values)
    return MetricBucket.objects.create(
        **of, labels_hash=hash_of(text), **_figures(Counter(map(bin_of, values)), values)
    )


def _add_to_whole(of: Mapping[str, Any], values: Sequence[float]) -> None:
    there = MetricWhole.objects.filter(**of).first()
    bins, total, ends = Counter(map(bin_of, values)), sum(values), list(values)
    if there:
        bins.update(dict(zip(there.bins, there.counts, strict=True)))
        total += there.total
        ends += [there.low or 0.0, there.high or 0.0]
    MetricWhole.objects.update_or_create(**of, defaults={**_figures(bins, ends), "n": bins.total(), "total": total})


def _figures(bins: Counter[int], values: Sequence[float]) -> dict[str, Any]:
    return {
        "n": len(values),
        "total": sum(values),
        "low": min(values),
        "high": max(values),
        "bins": sorted(bins),
        "counts": [bins[each] for each in sorted(bins)],
    }


MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

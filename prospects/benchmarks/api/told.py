"""What the server itself measured meanwhile, as the measurements keep it."""

import time
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from performance.benchmarks.figures import Figure, above, below
from performance.cache.report import report
from performance.metrics import sending
from performance.metrics.flushing import flush
from performance.metrics.models import MetricBucket, MetricWhole
from performance.metrics.queries import figure

MINUTES = 3


def forget() -> None:
    """What came before is no part of what follows."""
    _store()
    MetricBucket.objects.all().delete()
    MetricWhole.objects.all().delete()


def figures(of: str) -> Iterator[Figure]:
    """Since `forget`, which was less than MINUTES ago."""
    _store()
    now, over = timezone.now(), timedelta(minutes=MINUTES)
    hit_rate = report(at=now, minutes=MINUTES).hit_rate
    yield above(0.8, "cache.hit_rate", hit_rate or 0.0, "share", beside=f"over {of}, all key patterns")
    for limit, name, metric, unit, beside in (
        (100, "db.query_p95_ms", "sql.statement_ms", "ms", f"over {of}, all statements of the web"),
        (0.8, "pool.utilisation", "pool.utilisation", "share", f"over {of}, P95 of each process' peaks"),
    ):
        p95 = figure(metric, 0.95, at=now, over=over)
        yield below(limit, name, float("inf") if p95 is None else p95, unit, beside=beside)


def _store() -> None:
    """The processes hand over every few seconds."""
    time.sleep(2 * sending.EVERY_S)
    flush(at=timezone.now())

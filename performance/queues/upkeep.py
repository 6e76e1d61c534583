"""What one process of the installation does for the queues every few seconds, and once an hour."""

from datetime import datetime, timedelta

from performance import metrics
from performance.queues import broker, deaths, purging, reports
from performance.queues.models import DeadTask
from performance.queues.names import known

KEPT = timedelta(days=30)
EXPIRED_AT_ONCE = 10_000


def look(*, at: datetime) -> None:
    """A duty: how deep the queues are, and what others left half-done. Raises BrokerOut."""
    for queue, depth in broker.depths(known()).items():
        metrics.observe("queue.depth", {"queue": queue}, depth.waiting)
        if depth.unacked is not None:
            metrics.observe("queue.unacked", {"queue": queue}, depth.unacked)
        age_s = at.timestamp() - depth.oldest_sent_at if depth.oldest_sent_at else 0.0
        metrics.observe("queue.oldest_ms", {"queue": queue}, max(0.0, age_s * 1000))
    deaths.take_in(at=at)
    purging.finish(at=at)
    reports.forget_old()


def expire(*, at: datetime) -> int:
    """Dead letters of a month ago; how many, a transaction for each EXPIRED_AT_ONCE."""
    gone = 0
    while ids := list(DeadTask.objects.expired(before=at - KEPT).values_list("pk", flat=True)[:EXPIRED_AT_ONCE]):
        gone += DeadTask.objects.filter(pk__in=ids).delete()[0]
    return gone

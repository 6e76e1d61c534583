"""The one Celery task of durable work: a wake-up."""

import asyncio
import gc

from celery import shared_task

from performance.jobs import lifecycle, wake
from performance.jobs.models import Priority
from performance.jobs.runner.slice import Slice
from performance.queues import lifecycle as queues_lifecycle

__all__ = ["lifecycle", "queues_lifecycle", "work"]


# Acknowledged early and without a time limit: the rows know what is left, and jobs have time-outs of their own.
@shared_task(name=wake.WORK, acks_late=False, time_limit=86_400, soft_time_limit=86_400)
def work(*, queue: str, **_future: object) -> None:
    """Work on the queue for a slice; publishes another wake-up when the slice ended before the work did."""
    if asyncio.run(Slice(queue).run()):
        wake.publish(queue, priority=Priority.NORMAL)
    gc.collect(1)

"""Signals that no measurement has: they stand in PostgreSQL or Valkey now. Connections; jobs and messages that wait."""

from collections.abc import Sequence

import redis
from django.conf import settings
from django.db import connection

from performance.alerts.windows import Measurements, Reading, Window
from performance.jobs import wake, workers
from performance.jobs.models import Worker

_CONNECTIONS = """
SELECT count(*), current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
FROM pg_stat_activity WHERE backend_type = 'client backend'
"""
# Of unfinished batches that run: what is paused waits for a person. Each is a range of the index of ready jobs.
_WAITING = """
SELECT coalesce(sum(ready.n), 0) FROM performance_batch batch CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM performance_job job
    WHERE job.batch_id = batch.id AND job.state = 'ready' AND job.available_at <= now()
) ready WHERE batch.state = 'running'
"""


def connections(_found: Measurements, _window: Window) -> Sequence[Reading]:
    """The share of the server's connections that is taken, whoever took them."""
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTIONS)
        taken, most = cursor.fetchone()
    return [Reading(value=taken / most, n=taken)]


def waiting_per_worker(_found: Measurements, _window: Window) -> Sequence[Reading]:
    """Jobs that are due and wait, for each process that could do them; with none alive, as if there were one."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        waiting = int(cursor.fetchone()[0])
    alive = Worker.objects.live().filter(role=workers.WORKER).count()
    return [Reading(value=waiting / max(1, alive), n=waiting)]


def depths(_found: Measurements, window: Window) -> Sequence[Reading]:
    """Messages of Celery's in each queue that no worker has taken, all priorities together; nothing without Valkey."""
    only = window.only.get("queue")
    try:
        waiting = {queue: wake.waiting(queue) for queue in settings.QUEUES if only in (None, queue)}
    except redis.RedisError:
        return []
    if window.split_by == "queue":
        return [Reading(value=n, n=n, labels={"queue": queue}) for queue, n in waiting.items()]
    return [Reading(value=max(waiting.values()), n=sum(waiting.values()))] if waiting else []

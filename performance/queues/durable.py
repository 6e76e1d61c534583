"""Durable work by queue: its batches and what is left of them, as of one moment."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from performance.jobs.kinds import queues_by_kind

# Of a kind: more in one list nobody reads.
MOST_BATCHES = 50
# Of an unfinished batch what is neither ended nor leased is ready, and its counts are kept with it: so no million jobs
# are counted, and all of it is of one snapshot.
_BATCHES = """
WITH held AS (
    SELECT batch_id, count(*) AS leased
    FROM performance_job WHERE state = 'leased' GROUP BY batch_id
), unfinished AS (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY priority, id) AS place
    FROM performance_batch WHERE state IN ('running', 'paused')
)
SELECT b.id, b.kind, b.title, b.state, b.priority,
    b.total - b.succeeded - b.dead - b.parked - b.cancelled - coalesce(held.leased, 0), coalesce(held.leased, 0),
    b.succeeded, b.dead, b.parked, first.available_at
FROM unfinished b LEFT JOIN held ON held.batch_id = b.id
LEFT JOIN LATERAL (
    SELECT available_at FROM performance_job j WHERE j.batch_id = b.id AND j.state = 'ready'
    ORDER BY available_at, id LIMIT 1
) first ON true
WHERE b.place <= %s ORDER BY b.priority, b.id
"""
_KINDS = """
WITH held AS (
    SELECT batch_id, count(*) AS leased
    FROM performance_job WHERE state = 'leased' GROUP BY batch_id
)
SELECT b.kind, coalesce(sum(b.total - b.succeeded - b.dead - b.parked - b.cancelled - coalesce(held.leased, 0))
        FILTER (WHERE b.state IN ('running', 'paused')), 0)::bigint,
    coalesce(sum(held.leased), 0)::bigint, sum(b.dead)::bigint, sum(b.parked)::bigint
FROM performance_batch b LEFT JOIN held ON held.batch_id = b.id
WHERE b.state IN ('running', 'paused') OR b.dead > 0 OR b.parked > 0 GROUP BY b.kind
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFigures:
    """An unfinished batch; `oldest_at` is since when its first ready job could be done (or from when on it may)."""

    id: int
    kind: str
    title: str
    state: str
    priority: int
    ready: int
    leased: int
    succeeded: int
    dead: int
    parked: int
    oldest_at: datetime | None

    @property
    def queue(self) -> str:
        return queues_by_kind().get(self.kind, "")


@dataclass(frozen=True, slots=True)
class KindFigures:
    """All batches of a kind, the finished ones' dead and parked jobs as well."""

    kind: str
    queue: str
    ready: int
    leased: int
    dead: int
    parked: int


def batches() -> list[BatchFigures]:
    """The unfinished, most urgent first, MOST_BATCHES of a kind at most. One statement."""
    names = list(BatchFigures.__dataclass_fields__)
    with connection.cursor() as cursor:
        cursor.execute(_BATCHES, [MOST_BATCHES])
        return [BatchFigures(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def by_kind() -> list[KindFigures]:
    """Of every registered kind, however many batches it has. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_KINDS)
        found = {kind: counts for kind, *counts in cursor.fetchall()}
    return [
        KindFigures(kind, queue, *found.get(kind, (0, 0, 0, 0))) for kind, queue in sorted(queues_by_kind().items())
    ]

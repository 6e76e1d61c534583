"""Durable work by queue: its batches and what is left of them, as of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from performance.jobs.kinds import queues_by_kind

MOST_BATCHES = 200
# Of an unfinished batch what is neither ended nor leased is ready, and its counts are kept with it: so no million jobs
# are counted, and all of it is of one snapshot.
_BATCHES = """
WITH held AS (
    SELECT batch_id, count(*) AS leased
    FROM performance_job WHERE state = 'leased' GROUP BY batch_id
)
SELECT b.id, b.kind, b.title, b.state, b.priority,
    b.total - b.succeeded - b.dead - b.parked - b.cancelled - coalesce(held.leased, 0), coalesce(held.leased, 0),
    b.succeeded, b.dead, b.parked, first.available_at
FROM performance_batch b LEFT JOIN held ON held.batch_id = b.id
LEFT JOIN LATERAL (
    SELECT available_at FROM performance_job j WHERE j.batch_id = b.id AND j.state = 'ready'
    ORDER BY available_at, id LIMIT 1
) first ON true
WHERE b.state IN ('running', 'paused') ORDER BY b.priority, b.id LIMIT %s
"""
_STUCK = """
SELECT kind, sum(dead)::bigint, sum(parked)::bigint FROM performance_batch WHERE dead > 0 OR parked > 0 GROUP BY kind
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


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFigures:
    """All batches of a kind, the finished ones' dead and parked jobs as well."""

    kind: str
    queue: str
    ready: int
    leased: int
    dead: int
    parked: int


def batches() -> list[BatchFigures]:
    """The unfinished, most urgent first, MOST_BATCHES at most. One statement."""
    names = list(BatchFigures.__dataclass_fields__)
    with connection.cursor() as cursor:
        cursor.execute(_BATCHES, [MOST_BATCHES])
        return [BatchFigures(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def by_kind(unfinished: Sequence[BatchFigures]) -> list[KindFigures]:
    """Of every registered kind. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STUCK)
        stuck = {kind: (dead, parked) for kind, dead, parked in cursor.fetchall()}
    return [
        KindFigures(
            kind=kind,
            queue=queue,
            ready=sum(each.ready for each in unfinished if each.kind == kind),
            leased=sum(each.leased for each in unfinished if each.kind == kind),
            dead=stuck.get(kind, (0, 0))[0],
            parked=stuck.get(kind, (0, 0))[1],
        )
        for kind, queue in sorted(queues_by_kind().items())
    ]

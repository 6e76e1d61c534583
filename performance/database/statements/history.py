"""How what statements took went over a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from performance.database.statements.windows import Window

# By statement first: an index has a statement's rows side by side.
_HISTORY = """
SELECT statement_id, floor(extract(epoch FROM bucket) / %(step_s)s)::bigint, sum(calls)::bigint, sum(total_ms),
    max(max_ms), sum(rows)::bigint, sum(shared_hit)::bigint, sum(shared_read)::bigint, sum(temp_blocks)::bigint
FROM performance_statementdelta
WHERE statement_id = ANY(%(ids)s) AND period_s = %(period_s)s AND bucket >= %(start)s AND bucket <= %(end)s
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Point:
    """One step. Nothing was called where `calls` is 0."""

    calls: int = 0
    total_ms: float = 0.0
    max_ms: float | None = None
    rows: int = 0
    shared_hit: int = 0
    shared_read: int = 0
    temp_blocks: int = 0

    @property
    def mean_ms(self) -> float | None:
        return self.total_ms / self.calls if self.calls else None


@dataclass(frozen=True, slots=True)
class History:
    """A point for each of `window.steps`."""

    window: Window
    points: Sequence[Point]

    @property
    def times(self) -> Sequence[datetime]:
        return self.window.steps


def histories(ids: Sequence[int], window: Window) -> Mapping[int, History]:
    """Of each of the statements. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {**_given(window), "ids": list(ids)})
        found = {(id_, place): Point(*figures) for id_, place, *figures in cursor.fetchall()}
    places = [window.place(at) for at in window.steps]
    return {id_: History(window, [found.get((id_, place), Point()) for place in places]) for id_ in ids}


def _given(window: Window) -> Mapping[str, Any]:
    return {
        "period_s": int(window.period),
        "step_s": window.step_s,
        "start": window.start,
        "end": window.end,
    }

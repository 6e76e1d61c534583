"""The list of statements with what they took, the costliest first; and what is known of one of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from performance.api.errors import NotFound
from performance.database.statements.models import Statement, reads
from performance.database.statements.windows import Window

# What the list can be ordered by, and the column of `filtered` that it is.
ORDERINGS = {"total_ms": "total_ms", "mean_ms": "mean_ms", "calls": "calls", "p95_change": "p95_change"}

# Of all statements only what orders and narrows them is summed up, of those on the page the rest: a third of the time.
_PAGE = """
WITH summed AS MATERIALIZED (
    SELECT statement_id, sum(calls)::bigint AS calls, sum(total_ms) AS total_ms
    FROM performance_statementdelta
    WHERE period_s = %(period_s)s AND {only}
    GROUP BY statement_id
), filtered AS MATERIALIZED (
    SELECT u.*, u.total_ms / u.calls AS mean_ms, s.p95_ms / nullif(s.p95_before_ms, 0) AS p95_change
    FROM summed u JOIN performance_statement s ON s.id = u.statement_id
    WHERE u.total_ms >= u.calls * %(min_ms)s AND (%(shapes)s::text[] IS NULL OR s.shape = ANY(%(shapes)s::text[]))
), page AS MATERIALIZED (
    SELECT * FROM filtered ORDER BY {column} {direction} NULLS LAST, statement_id LIMIT %(limit)s OFFSET %(skip)s
)
SELECT (SELECT count(*) FROM filtered), (SELECT coalesce(sum(total_ms), 0) FROM summed),
    p.statement_id, s.text, s.shape, s.role, s.first_seen_at, p.calls, p.total_ms, p.mean_ms, d.plan_ms, d.min_ms,
    d.max_ms, d.rows, d.shared_hit, d.shared_read, d.temp_blocks, d.wal_bytes, s.p95_ms, s.p95_before_ms
FROM (SELECT 1) AS one LEFT JOIN page p ON true LEFT JOIN performance_statement s ON s.id = p.statement_id
LEFT JOIN LATERAL (
    SELECT sum(plan_ms) AS plan_ms, min(min_ms) AS min_ms, max(max_ms) AS max_ms, sum(rows)::bigint AS rows,
        sum(shared_hit)::bigint AS shared_hit, sum(shared_read)::bigint AS shared_read,
        sum(temp_blocks)::bigint AS temp_blocks, sum(wal_bytes)::bigint AS wal_bytes
    FROM performance_statementdelta e
    WHERE e.statement_id = p.statement_id AND e.period_s = %(period_s)s
        AND e.bucket >= %(start)s AND e.bucket <= %(end)s
) AS d ON true
ORDER BY p.{column} {direction} NULLS LAST, p.statement_id
"""
_WITHIN = "bucket >= %(start)s AND bucket <= %(end)s"
# A range of so few is taken for five times as many rows as it has, and read statement by statement then, for twice the
# time; a range of more is read faster than its buckets one by one.
_FEW = 6
_EACH = "bucket = ANY(%(buckets)s)"


class NoSuchStatement(NotFound):
    """There is no such statement, or it wasn't called for so long that it was forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which statements: above `min_ms` on average, of these shapes (None: all), in which order, which part of them."""

    min_ms: float = 0.0
    shapes: Collection[str] | None = None
    ordering: str = "-total_ms"
    limit: int = 50
    skip: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a statement took in a time. `share` is of the time of all statements; p95 as in `Statement`."""

    id: int
    text: str
    shape: str
    role: str
    first_seen_at: datetime
    calls: int
    total_ms: float
    mean_ms: float
    plan_ms: float
    min_ms: float | None
    max_ms: float | None
    rows: int
    shared_hit: int
    shared_read: int
    temp_blocks: int
    wal_bytes: int
    p95_ms: float | None
    p95_before_ms: float | None
    share: float

    @property
    def rows_per_call(self) -> float:
        return self.rows / self.calls

    @property
    def hit_rate(self) -> float | None:
        """Of blocks that were in the buffers; None where it touched none."""
        touched = self.shared_hit + self.shared_read
        return self.shared_hit / touched if touched else None

    @property
    def p95_change(self) -> float | None:
        """1.5: half as long again as in the day before."""
        return self.p95_ms / self.p95_before_ms if self.p95_ms is not None and self.p95_before_ms else None

    @property
    def is_select(self) -> bool:
        """Whether a plan can be had of it."""
        return reads(self.text)


@dataclass(frozen=True, slots=True)
class Slow:
    """A part of the list: `found` statements are in all of it, which and others took `total_ms` together."""

    rows: Sequence[Taken]
    found: int
    total_ms: float


def slow(window: Window, wish: Wish) -> Slow:
    """One statement. Where nothing of the list is in the part that is asked for, `found` still says how many are."""
    is_short = len(window.buckets) <= _FEW
    return _asked(window, wish, only=_EACH if is_short else _WITHIN, buckets=window.buckets if is_short else [])


def one(statement_id: int, window: Window) -> Taken | None:
    """What one took; None where it wasn't called. Of the others nothing is read, so its share is 1."""
    found = _asked(window, Wish(limit=1), only=f"{_WITHIN} AND statement_id = %(id)s", id=statement_id).rows
    return found[0] if found else None


def statement(statement_id: int) -> Statement:
    """Raises NoSuchStatement."""
    try:
        return Statement.objects.get(pk=statement_id)
    except Statement.DoesNotExist:
        raise NoSuchStatement from None


def _asked(window: Window, wish: Wish, *, only: str, **given: int | Sequence[datetime]) -> Slow:
    name = wish.ordering.removeprefix("-")
    order = {"column": ORDERINGS[name], "direction": "DESC" if wish.ordering.startswith("-") else "ASC"}
    values: dict[str, Any] = {
        **given,
        "period_s": int(window.period),
        "start": window.start,
        "end": window.end,
        "min_ms": wish.min_ms,
        "shapes": None if wish.shapes is None else sorted(wish.shapes),
        "limit": wish.limit,
        "skip": wish.skip,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(only=only, **order), values)
        rows = cursor.fetchall()
    found, total_ms = rows[0][:2]
    return Slow([_taken(row[2:], total_ms) for row in rows if row[2] is not None], found, total_ms)


def _taken(row: Sequence[Any], whole_ms: float) -> Taken:
    found = dict(zip(Taken.__dataclass_fields__, row, strict=False))
    return Taken(**found, share=found["total_ms"] / whole_ms if whole_ms else 0.0)

"""Statements and deltas as a snapshot would have written them."""

from datetime import datetime
from itertools import count

from performance.database.statements.models import Statement, StatementDelta

_numbers = count(1)


def make_statement(text: str = "SELECT 1", *, at: datetime, shape: str = "", **fields: float | None) -> Statement:
    number = next(_numbers)
    return Statement.objects.create(
        queryid=number, dbid=1, userid=10, role="assay", text=text, shape=shape, first_seen_at=at, **fields
    )


def make_deltas(statement: Statement, *, at: datetime, calls: int, total_ms: float, **fields: int) -> None:
    """In the minute, the hour and the day of `at`."""
    figures = {"rows": 0, "shared_hit": 0, "shared_read": 0, "temp_blocks": 0, "wal_bytes": 0, **fields}
    for period in StatementDelta.Period:
        seconds = at.timestamp() // period * period
        StatementDelta.objects.create(
            period_s=period,
            bucket=datetime.fromtimestamp(seconds, at.tzinfo),
            statement_id=statement.pk,
            calls=calls,
            total_ms=total_ms,
            plan_ms=0.0,
            **figures,
        )

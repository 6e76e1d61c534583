"""What has had its time: deltas by their period, statements that aren't called any more, and those that hardly were."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from performance.database.statements.models import StatementDelta, StatementSnapshot
from performance.database.statements.snapshots import LOCK
from performance.database.statements.source import Source, source
from performance.database.statements.windows import DAYS_KEPT, HOURS_KEPT, MINUTES_KEPT, Period

# A statement that was named anew each time (a table of the moment) would stay for two years, and there are thousands.
RARE_AFTER, RARE_CALLS, RARE_MS = timedelta(days=7), 100, 1000.0
MOST_STATEMENTS = 20_000
_CHUNK = 2000
# What pg_stat_statements still has is kept: forgotten, it would be taken for new, with all that it ever counted.
_FORGET = sql.SQL("""
WITH gone AS (
    SELECT s.id FROM performance_statement s LEFT JOIN performance_statementcounters c ON c.statement_id = s.id
    WHERE (
        coalesce(c.seen_at, s.first_seen_at) < %(forgotten)s
        OR (coalesce(c.seen_at, s.first_seen_at) < %(rare)s
            AND coalesce(c.calls, 0) < %(rare_calls)s AND coalesce(c.total_ms, 0) < %(rare_ms)s)
        OR s.id IN (
            SELECT id FROM performance_statement x LEFT JOIN performance_statementcounters y ON y.statement_id = x.id
            ORDER BY coalesce(y.seen_at, x.first_seen_at) DESC OFFSET %(most)s
        )
    ) AND NOT EXISTS ({still_there}) ORDER BY s.id LIMIT %(chunk)s
), deltas AS (
    DELETE FROM performance_statementdelta WHERE statement_id IN (SELECT id FROM gone)
), counters AS (
    DELETE FROM performance_statementcounters WHERE statement_id IN (SELECT id FROM gone)
)
DELETE FROM performance_statement WHERE id IN (SELECT id FROM gone)
""")
_STILL_THERE = sql.SQL(
    "SELECT FROM {function}(false) p WHERE p.queryid = s.queryid AND p.dbid = s.dbid AND p.userid = s.userid"
)


def expire(*, at: datetime) -> int:
    """Delete minutes older than a day, hours older than 90 days, days and statements older than two years.

    How many rows; statements in chunks, each atomic.
    """
    deleted = StatementSnapshot.objects.filter(at__lt=at - HOURS_KEPT).delete()[0]
    for period, time in ((Period.MINUTE, MINUTES_KEPT), (Period.HOUR, HOURS_KEPT), (Period.DAY, DAYS_KEPT)):
        rows = StatementDelta.objects.filter(period_s=period, bucket__lt=at - time)
        deleted += rows._raw_delete(rows.db)
    statement = _forget(source())
    while forgotten := _forgotten(statement, at=at):
        deleted += forgotten
    return deleted


def _forgotten(statement: str, *, at: datetime) -> int:
    given: dict[str, Any] = {
        "forgotten": at - DAYS_KEPT,
        "rare": at - RARE_AFTER,
        "rare_calls": RARE_CALLS,
        "rare_ms": RARE_MS,
        "most": MOST_STATEMENTS,
        "chunk": _CHUNK,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(statement, given)
        return int(cursor.rowcount)


def _forget(from_: Source) -> str:
    there: sql.Composable = sql.SQL("SELECT WHERE false")
    if not from_.problem:
        there = _STILL_THERE.format(function=sql.Identifier(from_.schema, "pg_stat_statements"))
    return _FORGET.format(still_there=there).as_string(None)

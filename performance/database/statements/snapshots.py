"""Every minute: what pg_stat_statements has counted since the last time, kept by the minute, the hour and the day.

It is never reset: others may read it too. What an entry has is held against what it had (`StatementCounters`); one that
began anew (evicted and back, reset by somebody, the server restarted after a crash) counts from nothing. PostgreSQL 17
and later say since when each entry is counted; before that, a counter that went back tells, and one that was evicted
and has overtaken its old figures meanwhile is counted for too little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection, transaction
from psycopg import sql

from performance.database.plans.parsing import MOST_CHARACTERS, shape_of
from performance.database.statements.models import StatementDelta
from performance.database.statements.source import Source, source
from performance.database.text import storable

OWN = ("performance_metric", "performance_statement", "pg_stat_statements")
# Texts are read a part at a time: each may have a megabyte.
_TEXTS_AT_ONCE = 500

# Two leaders at once, for as long as a hand-over takes, take turns: the second finds nothing left to count.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('performance.database.statements'))"
_NEW = sql.SQL("""
SELECT DISTINCT p.queryid, p.userid::bigint FROM {function}(false) p
WHERE p.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND p.queryid IS NOT NULL
AND NOT EXISTS (
    SELECT FROM performance_statement s WHERE s.queryid = p.queryid AND s.dbid = p.dbid AND s.userid = p.userid
) ORDER BY 1, 2 LIMIT {limit}
""")
_TEXTS = sql.SQL("""
SELECT DISTINCT ON (p.queryid, p.userid) p.queryid, p.dbid::bigint, p.userid::bigint, coalesce(r.rolname::text, ''),
    left(coalesce(p.query, ''), {most})
FROM {function}(true) p LEFT JOIN pg_roles r ON r.oid = p.userid
JOIN unnest(%(queryids)s::bigint[], %(userids)s::bigint[]) AS n (queryid, userid)
    ON n.queryid = p.queryid AND n.userid = p.userid
WHERE p.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY p.queryid, p.userid
""")
_REMEMBER = """
INSERT INTO performance_statement (queryid, dbid, userid, role, text, shape, is_own, first_seen_at)
SELECT *, %(at)s FROM unnest(%(queryids)s::bigint[], %(dbids)s::bigint[], %(userids)s::bigint[], %(roles)s::text[],
    %(texts)s::text[], %(shapes)s::text[], %(are_own)s::boolean[])
ON CONFLICT DO NOTHING
"""
# An entry that wasn't there at the last snapshot counts whole. It may be older than that, as an entry shows itself when
# its first call ends; one that is an hour older was only hidden from us, and begins with what it has.
_COUNT = sql.SQL("""
WITH info AS (
    SELECT stats_reset, dealloc FROM {info}
), before AS (
    SELECT at, stats_reset FROM performance_statementsnapshot ORDER BY at DESC LIMIT 1
), entry AS MATERIALIZED (
    SELECT * FROM {function}(false)
), read AS (
    SELECT queryid, dbid, userid, min({since}) AS since, sum(calls)::bigint AS calls, sum(total_exec_time) AS total_ms,
        sum(total_plan_time) AS plan_ms, min(min_exec_time) AS min_ms, max(max_exec_time) AS max_ms,
        sum(rows)::bigint AS rows, sum(shared_blks_hit)::bigint AS hit, sum(shared_blks_read)::bigint AS reads,
        sum(temp_blks_read + temp_blks_written)::bigint AS temp, sum(wal_bytes)::bigint AS wal
    FROM entry
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL AND calls > 0
    GROUP BY queryid, dbid, userid
), held AS MATERIALIZED (
    SELECT s.id, r.since, r.calls, r.total_ms, r.plan_ms, r.min_ms, r.max_ms, r.rows, r.hit, r.reads, r.temp, r.wal,
        c.calls AS c_calls, c.total_ms AS c_total, c.plan_ms AS c_plan, c.min_ms AS c_min, c.max_ms AS c_max,
        c.rows AS c_rows, c.shared_hit AS c_hit, c.shared_read AS c_reads, c.temp_blocks AS c_temp,
        c.wal_bytes AS c_wal, c.statement_id IS NOT NULL AS is_known,
        coalesce(r.since IS NOT DISTINCT FROM c.counted_since AND r.calls >= c.calls AND r.total_ms >= c.total_ms
            AND ({tells_since} OR i.stats_reset IS NOT DISTINCT FROM b.stats_reset), false) AS goes_on,
        b.at IS NOT NULL AND (c.statement_id IS NOT NULL OR r.since IS NULL
            OR r.since > b.at - interval '1 hour') AS is_timely
    FROM read r JOIN performance_statement s
        ON s.queryid = r.queryid AND s.dbid = r.dbid AND s.userid = r.userid AND NOT s.is_own
    CROSS JOIN info i LEFT JOIN before b ON true LEFT JOIN performance_statementcounters c ON c.statement_id = s.id
), kept AS (
    INSERT INTO performance_statementcounters (statement_id, counted_since, seen_at, calls, total_ms, plan_ms, min_ms,
        max_ms, rows, shared_hit, shared_read, temp_blocks, wal_bytes)
    SELECT id, since, %(at)s, calls, total_ms, plan_ms, min_ms, max_ms, rows, hit, reads, temp, wal FROM held
    WHERE NOT goes_on OR calls > c_calls
    ON CONFLICT (statement_id) DO UPDATE SET counted_since = excluded.counted_since, seen_at = excluded.seen_at,
        calls = excluded.calls, total_ms = excluded.total_ms, plan_ms = excluded.plan_ms, min_ms = excluded.min_ms,
        max_ms = excluded.max_ms, rows = excluded.rows, shared_hit = excluded.shared_hit,
        shared_read = excluded.shared_read, temp_blocks = excluded.temp_blocks, wal_bytes = excluded.wal_bytes
), more AS (
    SELECT id, calls - c_calls AS calls, total_ms - c_total AS total_ms, greatest(plan_ms - c_plan, 0) AS plan_ms,
        CASE WHEN min_ms < c_min THEN min_ms END AS min_ms, CASE WHEN max_ms > c_max THEN max_ms END AS max_ms,
        rows - c_rows AS rows, hit - c_hit AS hit, reads - c_reads AS reads, temp - c_temp AS temp, wal - c_wal AS wal
    FROM held WHERE goes_on AND calls > c_calls
    UNION ALL
    SELECT id, calls, total_ms, plan_ms, min_ms, max_ms, rows, hit, reads, temp, wal
    FROM held WHERE NOT goes_on AND is_timely
), looked AS (
    INSERT INTO performance_statementsnapshot (at, stats_reset, deallocations, entries, most_entries, calls, total_ms)
    SELECT %(at)s, i.stats_reset, i.dealloc, (SELECT count(*) FROM entry), {most_entries},
        (SELECT coalesce(sum(calls), 0) FROM more), (SELECT coalesce(sum(total_ms), 0) FROM more) FROM info i
    ON CONFLICT DO NOTHING
)
INSERT INTO performance_statementdelta AS d (period_s, bucket, statement_id, calls, total_ms, plan_ms, min_ms, max_ms,
    rows, shared_hit, shared_read, temp_blocks, wal_bytes)
SELECT p.period_s, date_trunc(p.unit, %(at)s::timestamptz, 'UTC'), id, calls, total_ms, plan_ms,
    CASE WHEN calls = 1 THEN total_ms ELSE min_ms END, CASE WHEN calls = 1 THEN total_ms ELSE max_ms END,
    rows, hit, reads, temp, wal
FROM more CROSS JOIN (VALUES (60, 'minute'), (3600, 'hour'), (86400, 'day')) AS p (period_s, unit)
ORDER BY p.period_s, id
ON CONFLICT (period_s, bucket, statement_id) DO UPDATE SET calls = d.calls + excluded.calls,
    total_ms = d.total_ms + excluded.total_ms, plan_ms = d.plan_ms + excluded.plan_ms,
    min_ms = least(d.min_ms, excluded.min_ms), max_ms = greatest(d.max_ms, excluded.max_ms),
    rows = d.rows + excluded.rows, shared_hit = d.shared_hit + excluded.shared_hit,
    shared_read = d.shared_read + excluded.shared_read, temp_blocks = d.temp_blocks + excluded.temp_blocks,
    wal_bytes = d.wal_bytes + excluded.wal_bytes
""")


def take(*, at: datetime) -> int:
    """A duty: how many statements were called since the last time. Atomic and idempotent: a second one finds nothing.

    Nothing happens where the server doesn't count statements; the page and the API say so.
    """
    from_ = source()
    if from_.problem:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        while _remember_new(from_, at=at):
            pass
        cursor.execute(_for(from_).count, {"at": at})
        return int(cursor.rowcount) // len(StatementDelta.Period)


def _remember_new(from_: Source, *, at: datetime) -> int:
    """Texts of statements that weren't seen before, a part of them; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_for(from_).new)
        new = cursor.fetchall()
        if not new:
            return 0
        queryids, userids = zip(*new, strict=True)
        cursor.execute(_for(from_).texts, {"queryids": list(queryids), "userids": list(userids)})
        rows = cursor.fetchall()
        cursor.execute(_REMEMBER, {"at": at, **_columns(rows)})
        return int(cursor.rowcount)


def _columns(rows: Sequence[tuple[int, int, int, str, str]]) -> dict[str, list[object]]:
    texts = [storable(text) for *_, text in rows]
    return {
        "queryids": [row[0] for row in rows],
        "dbids": [row[1] for row in rows],
        "userids": [row[2] for row in rows],
        "roles": [row[3] for row in rows],
        "texts": list(texts),
        "shapes": [shape_of(text) for text in texts],
        "are_own": [any(table in text for table in OWN) for text in texts],
    }


@dataclass(frozen=True, slots=True)
class _Statements:
    """The SQL for a server, as its version and the extension's schema have it."""

    new: str
    texts: str
    count: str


@lru_cache(maxsize=8)
def _for(from_: Source) -> _Statements:
    given = {
        "function": sql.Identifier(from_.schema, "pg_stat_statements"),
        "info": sql.Identifier(from_.schema, "pg_stat_statements_info"),
        "since": sql.SQL("stats_since" if from_.tells_since else "NULL::timestamptz"),
        "tells_since": sql.Literal(from_.tells_since),
        "most_entries": sql.Literal(from_.most_entries),
        "most": sql.Literal(MOST_CHARACTERS),
        "limit": sql.Literal(_TEXTS_AT_ONCE),
    }
    return _Statements(*(each.format(**given).as_string(None) for each in (_NEW, _TEXTS, _COUNT)))

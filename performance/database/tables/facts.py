"""What PostgreSQL knows of tables: sizes, counters, ages. A table that somebody has locked is waited for by nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from performance.database.tables.names import OURS
from performance.metrics.looks import once_a_look

# Statistics come as JSON, since PostgreSQL 15 to 18 know different counters. A size needs a lock that waits behind any
# ACCESS EXCLUSIVE one, held or asked for: what is so locked has the size of its last VACUUM or ANALYZE.
_TABLES = f"""
WITH locked AS MATERIALIZED (
    SELECT DISTINCT l.relation AS oid FROM pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_backend_pid()
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
), asked AS MATERIALIZED (
    SELECT c.*, n.nspname, current_setting('block_size')::bigint AS page, t.relpages AS toast_pages,
        t.relfrozenxid AS toast_xid, t.relminmxid AS toast_mxid,
        c.oid IN (SELECT oid FROM locked) OR c.reltoastrelid IN (SELECT oid FROM locked) OR EXISTS (
            SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indexrelid IN (SELECT oid FROM locked)
        ) AS is_locked
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND {OURS}
        AND (%(oid)s::bigint IS NULL OR c.oid = %(oid)s::bigint::oid)
)
SELECT a.oid::bigint, a.nspname::text, a.relname::text, a.reltuples::bigint,
    CASE WHEN is_locked THEN a.relpages * page ELSE coalesce(pg_relation_size(a.oid), 0) END,
    CASE WHEN is_locked THEN coalesce(a.toast_pages, 0) * page
        WHEN a.reltoastrelid = 0 THEN 0 ELSE coalesce(pg_total_relation_size(a.reltoastrelid), 0) END,
    CASE WHEN is_locked THEN (SELECT coalesce(sum(x.relpages), 0)::bigint * page FROM pg_index i
            JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = a.oid)
        ELSE coalesce(pg_indexes_size(a.oid), 0) END,
    is_locked, coalesce(a.reloptions, '{{{{}}}}'), to_jsonb(s), {{io}},
    age(a.relfrozenxid), mxid_age(a.relminmxid),
    CASE WHEN a.toast_xid IS NULL THEN 0 ELSE age(a.toast_xid) END,
    CASE WHEN a.toast_mxid IS NULL THEN 0 ELSE mxid_age(a.toast_mxid) END
FROM asked a LEFT JOIN pg_stat_user_tables s ON s.relid = a.oid {{statio}}
"""  # noqa: S608 - a constant
_WITH_IO = _TABLES.format(io="to_jsonb(io)", statio="LEFT JOIN pg_statio_user_tables io ON io.relid = a.oid")
# A third of the time less.
_WITHOUT_IO = _TABLES.format(io="NULL", statio="")
_DATABASE = """
SELECT current_database()::text, pg_database_size(current_database()), blks_hit, blks_read, stats_reset
FROM pg_stat_database WHERE datname = current_database()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFacts:
    """One table. `rows` is an estimate; `stats` and `io` are rows of PostgreSQL's views, by the names of columns.

    Where `is_locked`, sizes are those of the last VACUUM or ANALYZE.
    """

    oid: int
    schema: str
    table: str
    rows: int
    heap_bytes: int
    toast_bytes: int
    index_bytes: int
    is_locked: bool
    options: Mapping[str, str]
    stats: Mapping[str, Any]
    io: Mapping[str, Any]
    xid_age: int
    multixact_age: int

    @property
    def name(self) -> str:
        return f"{self.schema}.{self.table}"

    @property
    def total_bytes(self) -> int:
        return self.heap_bytes + self.toast_bytes + self.index_bytes

    def count(self, name: str) -> int:
        """A counter; 0 where this PostgreSQL has none of that name."""
        return int(self.stats.get(name) or 0)

    def at(self, *names: str) -> datetime | None:
        """The latest of some times."""
        found = [datetime.fromisoformat(self.stats[name]) for name in names if self.stats.get(name)]
        return max(found, default=None)

    def blocks(self, *parts: str) -> tuple[int, int]:
        """Blocks found in shared buffers, and read from elsewhere; `parts` of heap, idx, toast, tidx."""
        hit = sum(int(self.io.get(f"{part}_blks_hit") or 0) for part in parts)
        return hit, sum(int(self.io.get(f"{part}_blks_read") or 0) for part in parts)


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The whole database; counters since `reset_at`, or since the cluster began where that is None."""

    name: str
    bytes: int
    blocks_hit: int
    blocks_read: int
    reset_at: datetime | None


@once_a_look
def tables(oid: int | None = None, *, has_io: bool = True) -> list[TableFacts]:
    """All tables, the largest first, or the one; without `has_io` nothing is told of their blocks. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_IO if has_io else _WITHOUT_IO, {"oid": oid})
        found = [_table(row) for row in cursor.fetchall()]
    return sorted(found, key=lambda each: (-each.total_bytes, each.name))


@once_a_look
def database() -> DatabaseFacts:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DATABASE)
        return DatabaseFacts(*cursor.fetchone())


def _table(row: Sequence[Any]) -> TableFacts:
    oid, schema, table, tuples, heap, toast, index, locked, options, stats, io, xid, mxid, toast_xid, toast_mxid = row
    stats, io = _read(stats), _read(io)
    return TableFacts(
        oid=oid,
        schema=schema,
        table=table,
        rows=int(stats.get("n_live_tup") or 0) or max(0, tuples),
        heap_bytes=int(heap),
        toast_bytes=int(toast),
        index_bytes=int(index),
        is_locked=locked,
        options=dict(each.split("=", 1) for each in options),
        stats=stats,
        io=io,
        xid_age=max(xid, toast_xid),
        multixact_age=max(mxid, toast_mxid),
    )


def _read(value: Any) -> Mapping[str, Any]:
    """A jsonb column, which Django's connections hand over as text."""
    return orjson.loads(value) if isinstance(value, str | bytes) else (value or {})

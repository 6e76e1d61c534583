"""The indexes of a table: how large, how used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

# The size of an index that is being made or rebuilt would wait for that: it has the size of its last VACUUM. The text
# of a definition waits for the table's lock, the names of its columns don't.
_INDEXES = """
SELECT c.relname::text,
    CASE WHEN %(is_locked)s THEN (
            SELECT '(' || string_agg(a.attname, ', ' ORDER BY a.attnum) || ')'
            FROM pg_attribute a WHERE a.attrelid = c.oid
        ) ELSE pg_get_indexdef(i.indexrelid) END,
    am.amname::text,
    CASE WHEN EXISTS (
            SELECT 1 FROM pg_locks l
            WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock' AND l.locktype = 'relation'
        ) THEN c.relpages::bigint * current_setting('block_size')::bigint
        ELSE coalesce(pg_relation_size(c.oid), 0) END,
    i.indisprimary, i.indisunique, i.indisvalid, to_jsonb(s),
    coalesce(io.idx_blks_hit, 0), coalesce(io.idx_blks_read, 0)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
LEFT JOIN pg_statio_user_indexes io ON io.indexrelid = i.indexrelid
WHERE i.indrelid = %(oid)s::bigint::oid ORDER BY 4 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Index:
    """What isn't usable couldn't be made, or is being made. `scans` since the server's statistics began; `last_used_at`
    is known from PostgreSQL 16 on.
    """

    name: str
    definition: str
    method: str
    bytes: int
    is_primary: bool
    is_unique: bool
    is_usable: bool
    scans: int
    last_used_at: datetime | None
    hit_rate: float | None


def of_table(oid: int, *, is_locked: bool) -> list[Index]:
    """The largest first; of a table that somebody has locked, only the columns of each. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, {"oid": oid, "is_locked": is_locked})
        return [_index(*row) for row in cursor.fetchall()]


def _index(*row: Any) -> Index:
    *described, stats, hit, read = row
    stats = orjson.loads(stats) if isinstance(stats, str | bytes) else (stats or {})
    used = stats.get("last_idx_scan")
    counted = [
        int(stats.get("idx_scan") or 0),
        datetime.fromisoformat(used) if used else None,
        hit / (hit + read) if hit + read else None,
    ]
    return Index(*[*described, *counted])

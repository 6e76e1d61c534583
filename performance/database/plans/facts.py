"""What the findings on a plan need to know of the tables in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

_TABLES = """
SELECT c.relname, greatest(c.reltuples, 0)::bigint, c.relpages::bigint * current_setting('block_size')::bigint,
    greatest(s.last_analyze, s.last_autoanalyze), coalesce(s.n_mod_since_analyze, 0),
    array(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
          WHERE i.indrelid = c.oid AND i.indisvalid)
FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'p', 'm') AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` and `size_bytes` as of the last ANALYZE or VACUUM; `leading` are the columns that an index begins with."""

    rows: int
    size_bytes: int
    analyzed_at: datetime | None
    changed_since: int
    leading: Collection[str]


def tables(names: Collection[str]) -> Mapping[str, Table]:
    """Those of the names that are tables here. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [sorted(names)])
        return {
            name: Table(rows, size_bytes, analyzed_at, changed, frozenset(leading))
            for name, rows, size_bytes, analyzed_at, changed, leading in cursor.fetchall()
        }

"""How much of a table's heap holds nothing: measured where the server has pgstattuple, else estimated.

The estimate is the well-known one from statistics: what the rows would take by the average widths of their columns,
laid out as PostgreSQL lays them out, against what the heap takes. It knows as much as the last ANALYZE did, and tells
dead rows from free space as little as from rows that ANALYZE took for wider than they are; fillfactor is taken off.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from django.db import DatabaseError, connection, transaction
from psycopg import sql

from performance.database.tables.facts import TableFacts
from performance.database.tables.names import OURS

# https://www.postgresql.org/docs/current/storage-page-layout.html
PAGE_HEADER, LINE_POINTER, ROW_HEADER, ALIGNMENT = 24, 4, 23, 8
_ALIGNED = {"c": 1, "s": 2, "i": 4, "d": 8}
# pgstattuple reads what isn't all-visible: beyond this the estimate has to do.
MOST_MEASURED_BYTES = 4 << 30
MEASURED_WITHIN_MS = 1_500

_COLUMNS = f"""
SELECT a.attrelid::bigint, a.attlen, a.attalign::text, a.attnotnull, s.avg_width, s.null_frac
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
    AND NOT s.inherited AND (%(names)s::text[] IS NULL OR s.tablename = ANY(%(names)s::text[]::name[]))
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'm') AND {OURS}
    AND (%(oids)s::bigint[] IS NULL OR c.oid = ANY(%(oids)s::bigint[]::oid[]))
ORDER BY a.attrelid, a.attnum
"""  # noqa: S608 - a constant
_EXTENSION = """
SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pgstattuple'
    AND has_schema_privilege(n.oid, 'USAGE')
    AND has_function_privilege(to_regprocedure(format('%I.pgstattuple_approx(regclass)', n.nspname)), 'EXECUTE')
"""
_MEASURED = """
SELECT (dead_tuple_len + approx_free_space)::bigint FROM {}.pgstattuple_approx(%s::bigint::oid::regclass)
"""


@dataclass(frozen=True, slots=True)
class Column:
    """`width` and `null_share` as ANALYZE found them, None where it didn't; `length` is -1 or -2 where it varies."""

    length: int
    alignment: int
    is_never_null: bool
    width: float | None
    null_share: float


@dataclass(frozen=True, slots=True)
class Bloat:
    """`share` is of the heap. `method` is "estimate" or "pgstattuple"."""

    bytes: int
    share: float
    method: str


def columns(tables: Collection[TableFacts] | None = None) -> Mapping[int, Sequence[Column]]:
    """By the table's oid, in their order; of all tables or of these. Only those that the application's role may read
    have widths. One statement.
    """
    found: defaultdict[int, list[Column]] = defaultdict(list)
    # The names, too: by oids alone the statistics of all tables would be read.
    oids, names = (None, None) if tables is None else ([each.oid for each in tables], [each.table for each in tables])
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, {"oids": oids, "names": names})
        for table, length, alignment, never_null, width, nulls in cursor.fetchall():
            found[table].append(Column(length, _ALIGNED[alignment], never_null, width, nulls or 0.0))
    return found


def estimated(table: TableFacts, columns: Sequence[Column], *, page: int) -> Bloat | None:
    """None where ANALYZE has seen none of it, or where its rows can't be laid out. Pure."""
    if not columns or any(each.width is None for each in columns) or not table.heap_bytes or table.is_locked:
        return None
    fill = int(table.options.get("fillfactor", 100)) / 100
    room = (page - PAGE_HEADER) * fill
    rows_a_page = max(1, int(room // (row_bytes(columns) + LINE_POINTER)))
    expected = ceil(table.rows / rows_a_page) * page
    empty = max(0, table.heap_bytes - expected)
    return Bloat(empty, empty / table.heap_bytes, "estimate")


def row_bytes(columns: Sequence[Column]) -> int:
    """An average row with its header, as it lies in a page. Nulls take no room but a bit each. Pure."""
    bitmap = ceil(len(columns) / 8) if any(each.null_share > 0 for each in columns) else 0
    size = float(_up(ROW_HEADER + bitmap, ALIGNMENT))
    for each in columns:
        kept = 1.0 - each.null_share
        if each.length > 0 and kept > 0.5:
            # Short texts and the like begin anywhere; what has a fixed length begins where its type demands.
            size = float(_up(ceil(size), each.alignment))
        size += kept * (each.length if each.length > 0 else (each.width or 0.0))
    return _up(ceil(size), ALIGNMENT)


def measured(table: TableFacts) -> Bloat | None:
    """By pgstattuple_approx; None where the server hasn't got it, we may not use it, or it takes too long."""
    if table.is_locked or not 0 < table.heap_bytes <= MOST_MEASURED_BYTES:
        return None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_EXTENSION)
            if not (row := cursor.fetchone()):
                return None
            cursor.execute(f"SET LOCAL statement_timeout = {MEASURED_WITHIN_MS}")
            cursor.execute("SET LOCAL lock_timeout = 200")
            cursor.execute(sql.SQL(_MEASURED).format(sql.Identifier(row[0])), [table.oid])
            empty = int(cursor.fetchone()[0])
    except DatabaseError:
        # Too long, locked, or dropped meanwhile: the estimate stands.
        return None
    return Bloat(empty, empty / table.heap_bytes, "pgstattuple")


def _up(size: int, to: int) -> int:
    return -(-size // to) * to

"""What the database was asked: pg_stat_statements, which is read and never reset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from performance.database.indexes.asking import Ask
from performance.database.indexes.errors import NoWorkload, WorkloadUnreadable
from performance.database.indexes.shapes import Statement

# The dearest. Below these there is next to nothing to win, and each takes a millisecond to read.
MOST_STATEMENTS = 500

# Of others' statements a user without pg_read_all_stats sees the time alone; what then is left is no workload.
HIDDEN_SHARE = 0.5

_EXTENSION = """
SELECT n.nspname, current_setting('server_version_num')::int, current_setting('pg_stat_statements.max', true)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'
"""
# PREPARE, FETCH and the like are named anew each time, and hide what they are for.
_STATEMENTS = """
SELECT queryid, min(query), sum(calls)::bigint, sum(total_exec_time), sum(rows)::bigint,
    bool_or(userid = (SELECT oid FROM pg_roles WHERE rolname = current_user))
FROM {schema}.pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND toplevel
GROUP BY queryid ORDER BY sum(total_exec_time) DESC
"""
_FIGURES = """
SELECT queryid, sum(calls)::bigint, sum(total_exec_time) FROM {schema}.pg_stat_statements(false)
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND toplevel AND queryid = ANY(%s)
GROUP BY queryid
"""
_SINCE = "SELECT stats_reset FROM {schema}.pg_stat_statements_info"
_HIDDEN = "<insufficient privilege>"


@dataclass(frozen=True, slots=True)
class Workload:
    """The dearest statements; `total_ms` is what all took, and `since` when the counting began."""

    statements: Sequence[Statement]
    total_ms: float
    since: datetime


def read(ask: Ask) -> Workload:
    """Raises NoWorkload and WorkloadUnreadable."""
    schema = _schema(ask)
    rows = ask(_STATEMENTS.format(schema=schema))
    found = [Statement(*row) for row in rows if row[0] is not None and row[1] != _HIDDEN]
    hidden_ms = sum(row[3] for row in rows) - sum(each.total_ms for each in found)
    if hidden_ms > HIDDEN_SHARE * sum(row[3] for row in rows):
        raise WorkloadUnreadable
    ((since,),) = ask(_SINCE.format(schema=schema))
    return Workload(found[:MOST_STATEMENTS], sum(each.total_ms for each in found), since)


def figures(ask: Ask, ids: Sequence[int]) -> dict[int, tuple[int, float]]:
    """Calls and milliseconds, now, of those of the statements that are still counted. Reads no texts."""
    return {id_: (int(calls), float(ms)) for id_, calls, ms in ask(_FIGURES.format(schema=_schema(ask)), [list(ids)])}


def _schema(ask: Ask) -> str:
    found = ask(_EXTENSION)
    if not found:
        raise NoWorkload
    ((schema, version, is_loaded),) = found
    if version < 160_000:
        raise NoWorkload("The advisor needs PostgreSQL 16 or later.")
    if is_loaded is None:
        raise NoWorkload("pg_stat_statements is there, but not in shared_preload_libraries, so it counts nothing.")
    return '"{}"'.format(str(schema).replace('"', '""'))

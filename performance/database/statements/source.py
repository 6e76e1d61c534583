"""pg_stat_statements as it is on this server: where it is, what its version tells, whose statements we may see."""

from dataclasses import dataclass

from django.db import connection

from performance.api.errors import DomainError
from performance.metrics.looks import once_a_look

# The library defines its settings when the server loads it; its view's schema is whoever's who made the extension.
_LOOK = """
SELECT current_setting('pg_stat_statements.max', true)::int, n.nspname, e.extversion,
    coalesce(pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), false), current_user::text
FROM (SELECT 1) AS one LEFT JOIN pg_extension e ON e.extname = 'pg_stat_statements'
LEFT JOIN pg_namespace n ON n.oid = e.extnamespace
"""
# Of PostgreSQL 17: since when an entry is counted.
_SINCE = (1, 11)
# Of PostgreSQL 14, as all the columns that are read: older than any server that Assay runs on.
_LEAST = (1, 9)


class StatementsUnknown(DomainError):
    """What statements cost isn't known: this database doesn't have pg_stat_statements."""

    status = 503


@dataclass(frozen=True, slots=True)
class Source:
    """`problem` is a sentence with what to do where nothing can be had; `limitation` one where only a part can."""

    schema: str
    most_entries: int
    tells_since: bool
    problem: str = ""
    limitation: str = ""


@once_a_look
def source() -> Source:
    """One statement. Needs no right of its own."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK)
        most, schema, version, sees_all, role = cursor.fetchone()
    known = tuple(int(part) for part in (version or "0").split("."))
    return Source(
        schema=schema or "",
        most_entries=most or 0,
        tells_since=known >= _SINCE,
        problem=_problem(is_loaded=most is not None, version=known),
        limitation="" if sees_all else _LIMITATION.format(role=role),
    )


def _problem(*, is_loaded: bool, version: tuple[int, ...]) -> str:
    if not is_loaded:
        return (
            "PostgreSQL doesn't count statements: add pg_stat_statements to shared_preload_libraries, restart it, and "
            "have a superuser run CREATE EXTENSION pg_stat_statements in this database."
        )
    if version == (0,):
        return (
            "This database doesn't show what PostgreSQL counts: have a superuser run "
            "CREATE EXTENSION pg_stat_statements in it."
        )
    if version < _LEAST:
        return "pg_stat_statements is an older server's here: run ALTER EXTENSION pg_stat_statements UPDATE."
    return ""


_LIMITATION = (
    "Only statements of the role {role} are seen: GRANT pg_read_all_stats TO {role} shows those of others as well."
)

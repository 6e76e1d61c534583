"""The sessions of this database now, what each does, and for whom it waits.

Times are by the server's clock. Of other roles' sessions an ordinary role sees that they are there, not what they do,
nor even what kind they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from performance.database.slow_queries import normalised
from performance.metrics.looks import once_a_look

MOST_SHOWN_CHARACTERS = 500
# pg_blocking_pids stops the lock manager for a moment: only those who wait are asked for.
_SESSIONS = """
SELECT a.pid, a.backend_start,
    CASE WHEN a.backend_type <> 'client backend' THEN a.backend_type ELSE coalesce(a.application_name, '') END,
    coalesce(a.backend_type, 'client backend') = 'client backend', coalesce(a.usename::text, ''),
    coalesce(host(a.client_addr), ''), coalesce(a.state, ''),
    coalesce(a.wait_event_type, ''), coalesce(a.wait_event, ''),
    extract(epoch FROM clock_timestamp() - a.xact_start)::float8,
    extract(epoch FROM clock_timestamp() - a.query_start)::float8,
    extract(epoch FROM clock_timestamp() - a.state_change)::float8,
    CASE WHEN a.state IS NULL THEN '' ELSE left(a.query, 4000) END,
    CASE WHEN a.wait_event_type = 'Lock' THEN pg_blocking_pids(a.pid) ELSE '{}' END,
    coalesce(l.mode, ''), coalesce(l.target, ''), extract(epoch FROM clock_timestamp() - l.waitstart)::float8
FROM pg_stat_activity a LEFT JOIN LATERAL (
    SELECT l.mode, l.waitstart,
        CASE WHEN l.relation IS NOT NULL THEN l.relation::regclass::text ELSE l.locktype END AS target
    FROM pg_locks l WHERE l.pid = a.pid AND NOT l.granted LIMIT 1
) l ON a.wait_event_type = 'Lock'
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
    AND coalesce(a.backend_type, 'client backend') IN ('client backend', 'autovacuum worker', 'parallel worker')
ORDER BY a.xact_start NULLS LAST, a.pid
"""
_CONNECTIONS = """
SELECT (SELECT count(*) FROM pg_stat_activity
        WHERE backend_type IN ('client backend', 'walsender') OR (backend_type IS NULL AND datid IS NOT NULL)),
    current_setting('max_connections')::int,
    current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0)
"""
_PREPARED = """
SELECT gid, owner::text, extract(epoch FROM clock_timestamp() - prepared)::float8
FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared
"""
_SLOTS = """
SELECT slot_name::text, slot_type, active, coalesce(wal_status, ''), safe_wal_size,
    pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
        restart_lsn)::bigint,
    greatest(age(xmin), age(catalog_xmin))
FROM pg_replication_slots ORDER BY 6 DESC NULLS LAST
"""


@dataclass(frozen=True, slots=True)
class Session:
    """Seconds, None where that isn't so or can't be seen. `statement` is without its values; "" where it is another
    role's. `started_at` tells it from a later session of the same pid. No clients are autovacuum and parallel workers.
    """

    pid: int
    started_at: datetime | None
    application: str
    is_client: bool
    role: str
    address: str
    state: str
    wait_type: str
    wait_event: str
    transaction_s: float | None
    statement_s: float | None
    state_s: float | None
    statement: str
    blocked_by: Sequence[int]
    lock_mode: str
    lock_on: str
    waiting_s: float | None

    @property
    def is_hidden(self) -> bool:
        return self.started_at is None

    @property
    def is_idle_in_transaction(self) -> bool:
        return self.state.startswith("idle in transaction")


@dataclass(frozen=True, slots=True)
class Connections:
    """Of the whole server. `reserved` are kept for superusers and the like."""

    used: int
    most: int
    reserved: int

    @property
    def share(self) -> float:
        return self.used / max(1, self.most - self.reserved)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A transaction of two phases that nobody has ended: it holds its locks through restarts."""

    gid: str
    role: str
    age_s: float


@dataclass(frozen=True, slots=True)
class Slot:
    """`held_bytes` of the write-ahead log are kept for its reader; `safe_bytes` more until it is cut off, if ever."""

    name: str
    kind: str
    is_active: bool
    wal_status: str
    safe_bytes: int | None
    held_bytes: int | None
    xmin_age: int | None


@once_a_look
def sessions() -> list[Session]:
    """All but the asking one, the longest transaction first. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SESSIONS)
        return [_session(row) for row in cursor.fetchall()]


@once_a_look
def connections() -> Connections:
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTIONS)
        return Connections(*cursor.fetchone())


def prepared() -> list[Prepared]:
    with connection.cursor() as cursor:
        cursor.execute(_PREPARED)
        return [Prepared(*row) for row in cursor.fetchall()]


def slots() -> list[Slot]:
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS)
        return [Slot(*row) for row in cursor.fetchall()]


def by_application(found: Sequence[Session]) -> Mapping[tuple[str, str], Sequence[Session]]:
    """By application and state, the most first. Our processes have their pid behind the name, which is left out."""
    groups: dict[tuple[str, str], list[Session]] = {}
    for each in found:
        name, _, pid = each.application.rpartition("-")
        application = name if name and pid.isdecimal() else each.application
        groups.setdefault((application, "not to be seen" if each.is_hidden else each.state), []).append(each)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def _session(row: Sequence[Any]) -> Session:
    *before, statement, blocked_by, mode, target, waiting = row
    shown = normalised(statement)[:MOST_SHOWN_CHARACTERS]
    # A waiter of a parallel statement names its blocker once for each process.
    return Session(*[*before, shown, sorted(set(blocked_by)), mode, target, waiting])

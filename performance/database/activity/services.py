"""Stopping what a session does, or the session."""

from datetime import datetime
from enum import StrEnum

from django.db import DatabaseError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from performance.audit.services import Actor, audited_effect
from performance.database.activity.errors import SessionGone, SessionNotOurs
from performance.database.slow_queries import normalised


class How(StrEnum):
    """CANCEL stops the statement; END closes the session, which undoes its transaction."""

    CANCEL = "cancel"
    END = "end"


_CALLS = {How.CANCEL: "pg_cancel_backend", How.END: "pg_terminate_backend"}
# A pid alone may be another session's by now; only people's sessions of this database, never the asking one.
_MEANT = """
FROM pg_stat_activity WHERE pid = %s AND backend_start = %s AND datname = current_database()
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def stop(pid: int, started_at: datetime, *, how: How, by: Actor) -> None:
    """Audited, with what it was doing. Raises SessionGone and SessionNotOurs; nothing is done then."""
    with audited_effect(f"session.{how}", subject=f"pid {pid}", by=by) as asked, connection.cursor() as cursor:
        cursor.execute(f"SELECT application_name, usename::text, query {_MEANT}", [pid, started_at])
        row = cursor.fetchone()
        if row is None:
            raise SessionGone
        asked.details |= {"application": row[0], "role": row[1], "statement": normalised(row[2] or "")[:500]}
        try:
            # What is refused inside of somebody's transaction must not end that.
            with transaction.atomic():
                cursor.execute(f"SELECT {_CALLS[how]}(pid) {_MEANT}", [pid, started_at])
                is_done = cursor.fetchone() is not None
        except DatabaseError as error:
            if isinstance(error.__cause__, InsufficientPrivilege):
                raise SessionNotOurs from error
            raise
        if not is_done:
            raise SessionGone

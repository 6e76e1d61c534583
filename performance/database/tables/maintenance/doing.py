"""The work itself: VACUUM or ANALYZE in a session of its own, and meanwhile how far it is, on the run's row."""

import time
from collections.abc import Callable, Mapping
from select import POLLIN, poll
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from psycopg import errors, sql
from psycopg.pq import ExecStatus

from performance.api.errors import DomainError
from performance.database.tables import facts
from performance.database.tables.maintenance.listed import listed
from performance.database.tables.maintenance.progress import seen
from performance.database.tables.models import ERROR_LENGTH, MaintenanceRun
from performance.database.tables.names import Relation

# A run holds a worker that imports wait for; what takes longer is for autovacuum, or for psql.
LONGEST_S = 50 * 60
LOCK_TIMEOUT_MS = 5_000
LOOK_EVERY_S = 1.0
_COMMANDS = {"vacuum": "VACUUM {}", "analyze": "ANALYZE {}", "vacuum_analyze": "VACUUM (ANALYZE) {}"}
_State = MaintenanceRun.State


class Skipped(Exception):
    """PostgreSQL did nothing but warn."""


def carry_out(run_id: int) -> None:
    """Do a run that is queued, and write down how it ended. Nothing where another worker has it, or had it."""
    run = MaintenanceRun.objects.filter(pk=run_id, state=_State.QUEUED).first()
    if run is None:
        return
    try:
        table = listed(run.relation)
    except DomainError as error:
        _end(run, _State.REFUSED, error=str(error), was=_State.QUEUED)
        return
    session = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        if _claim(run, session):
            _work(run, table, session)
    finally:
        session.close()


def _claim(run: MaintenanceRun, session: BaseDatabaseWrapper) -> bool:
    """Whether it is ours now. The session is named on the row, so that its end can be told."""
    with session.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{LONGEST_S}s'; SET lock_timeout = {LOCK_TIMEOUT_MS}")
        cursor.execute("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        run.backend_pid, run.backend_start = cursor.fetchone()
    queued = MaintenanceRun.objects.filter(pk=run.pk, state=_State.QUEUED)
    changed = queued.update(
        state=_State.RUNNING,
        started_at=timezone.now(),
        backend_pid=run.backend_pid,
        backend_start=run.backend_start,
    )
    return bool(changed)


def _work(run: MaintenanceRun, table: Relation, session: BaseDatabaseWrapper) -> None:
    before = _figures(table)
    statement = sql.SQL(_COMMANDS[run.action]).format(table.identifier)
    try:
        execute(session.connection, statement.as_bytes(session.connection), meanwhile=lambda: _note(run))
    except errors.LockNotAvailable:
        waited = f"{LOCK_TIMEOUT_MS / 1000:g} s"
        _end(run, _State.REFUSED, error=f"Somebody holds a lock on the table; it was waited for {waited}.")
    except (Skipped, errors.InsufficientPrivilege, errors.UndefinedTable) as error:
        _end(run, _State.REFUSED, error=f"PostgreSQL wouldn't: {error}")
    except errors.QueryCanceled:
        most = f"{LONGEST_S // 60} minutes"
        _end(run, _State.FAILED, error=f"It was cancelled, by somebody or because it took more than {most}.")
    except psycopg.Error as error:
        _end(run, _State.FAILED, error=f"{type(error).__name__}: {error}")
    except BaseException as error:
        # A worker that is told to stop: PostgreSQL was told, too, and undoes nothing that is done.
        _end(run, _State.FAILED, error=f"The worker was stopped: {type(error).__name__}.")
        raise
    else:
        after = _figures(table)
        _end(run, _State.DONE, figures={"progress": 1.0, **_named(before, "before"), **_named(after, "after")})


def execute(session: Any, statement: bytes, *, meanwhile: Callable[[], None]) -> None:
    """Run a statement that takes no transaction, calling `meanwhile` every LOOK_EVERY_S. Raises psycopg.Error, Skipped.

    By libpq's own calls, so that one thread can wait and look.
    """
    server, warnings = session.pgconn, list[str]()
    session.add_notice_handler(
        lambda notice: warnings.append(str(notice.message_primary)) if notice.severity == "WARNING" else None
    )
    readable = poll()
    readable.register(server.socket, POLLIN)
    server.send_query(statement)
    server.flush()
    try:
        looked = time.monotonic()
        while server.is_busy():
            if readable.poll(LOOK_EVERY_S * 1000):
                server.consume_input()
            if time.monotonic() - looked >= LOOK_EVERY_S:
                meanwhile()
                looked = time.monotonic()
        while result := server.get_result():
            if result.status == ExecStatus.FATAL_ERROR:
                raise errors.error_from_result(result)
    except psycopg.Error:
        raise
    except BaseException:
        # It would go on without anybody there.
        session.cancel_safe(timeout=5.0)
        raise
    if warnings:
        raise Skipped("; ".join(warnings))


def _note(run: MaintenanceRun) -> None:
    """What it is at. A look that fails is no reason to stop."""
    try:
        found = seen(run.backend_pid or 0, is_both=run.action == MaintenanceRun.Action.VACUUM_ANALYZE)
        if found:
            running = MaintenanceRun.objects.filter(pk=run.pk, state=_State.RUNNING)
            running.update(phase=found.phase[:60], progress=Greatest(F("progress"), Value(found.share)))
    except DatabaseError:
        connections[DEFAULT_DB_ALIAS].close()


def _end(
    run: MaintenanceRun,
    state: str,
    *,
    error: str = "",
    was: str = _State.RUNNING,
    figures: Mapping[str, float | None] | None = None,
) -> None:
    """Nothing where it isn't in the state `was` any more: it was told to be lost, or another worker has it."""
    told = {"state": state, "finished_at": timezone.now(), "phase": "", "error": error.strip()[:ERROR_LENGTH]}
    MaintenanceRun.objects.filter(pk=run.pk, state=was).update(**told, **(figures or {}))


def _figures(table: Relation) -> tuple[int | None, int | None]:
    """Bytes and dead rows; None where the table went meanwhile."""
    found = facts.tables(table.oid)
    return (found[0].total_bytes, found[0].count("n_dead_tup")) if found else (None, None)


def _named(figures: tuple[int | None, int | None], when: str) -> dict[str, float | None]:
    return {f"bytes_{when}": figures[0], f"dead_rows_{when}": figures[1]}

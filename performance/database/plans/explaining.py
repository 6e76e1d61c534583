"""PostgreSQL's plan of a statement: never run, and planned where it can read, write and hang nothing."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import psycopg
from django.db import DatabaseError, connection, transaction
from psycopg import errors

from performance.database.plans import role
from performance.database.plans.errors import NoExplainRole, PlanningTooLong, StatementUnplannable
from performance.database.plans.statements import Statement

TIMEOUT_MS = 2_000
# For this transaction alone, or this savepoint: the roll-back takes them back.
_CONFINED = f"""
SET TRANSACTION READ ONLY;
SET LOCAL statement_timeout = {TIMEOUT_MS};
SET LOCAL lock_timeout = 200;
SET LOCAL search_path = pg_catalog, public;
SET LOCAL standard_conforming_strings = on;
SET LOCAL plan_cache_mode = force_generic_plan;
SET LOCAL ROLE {role.ROLE}
"""
# Of what these say, only what stands in the statement itself is told; any other message could hold a row's value.
_TOLD = {
    errors.UndefinedTable: "it names a table that isn't there",
    errors.UndefinedColumn: "it names a column that isn't there",
    errors.UndefinedFunction: "it calls a function or operator that doesn't take such arguments",
    errors.AmbiguousColumn: "a column could be of more than one table; put the table's name before it",
    errors.GroupingError: "a column must stand in GROUP BY or in an aggregate",
    errors.DatatypeMismatch: "two sides have types that don't go together",
    errors.IndeterminateDatatype: "the type of a parameter can't be told; write a cast, such as $1::text",
    errors.AmbiguousParameter: "the type of a parameter can't be told; write a cast, such as $1::text",
    errors.InsufficientPrivilege: "it reads a table that isn't the application's, or one that holds secrets",
    errors.LockNotAvailable: "a table in it is locked just now; try again",
    errors.SyntaxError: "it isn't what PostgreSQL takes for a SELECT",
}


class _Enough(Exception):
    """Rolls back what the plan was made in."""


def explain(statement: Statement) -> dict[str, Any]:
    """EXPLAIN's JSON of the generic plan. Raises StatementUnplannable, PlanningTooLong and NoExplainRole."""
    if not role.is_there():
        raise NoExplainRole(
            f"This database has no role {role.ROLE}; docs/plans.md has the statements that make it, and "
            "`manage.py migrate` then grants what it may read."
        )
    name = f"assay_{uuid4().hex}"
    plan: dict[str, Any] = {}
    try:
        with transaction.atomic():
            plan |= _planned(statement, name=name)
            raise _Enough
    except _Enough:
        return plan
    except DatabaseError as error:
        raise _refusal(error) from error
    finally:
        _forget(name)


def _planned(statement: Statement, *, name: str) -> dict[str, Any]:
    """As PREPARE and EXPLAIN EXECUTE, so that a $1 needs no value.

    `binary` has psycopg speak the extended protocol, in which the server takes one command alone. (`prepare` would too,
    but is ignored on Django's connections.)
    """
    nulls = f" ({', '.join(['NULL'] * statement.parameters)})" if statement.parameters else ""
    with connection.cursor() as cursor:
        cursor.execute(_CONFINED)
    # Django's own cursors put values in by themselves, and send the whole by the simple protocol.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as plain:
        plain.execute(f"PREPARE {name} AS {statement.sql}".encode(), binary=True)
        plain.execute(f"EXPLAIN (FORMAT JSON, SETTINGS) EXECUTE {name}{nulls}".encode(), binary=True)
        row = plain.fetchone()
    found: dict[str, Any] = row[0][0] if row else {}
    return found


def _forget(name: str) -> None:
    """A prepared statement outlives its transaction. Where the connection is gone, it is too."""
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = %s", [name])
        if cursor.fetchone():
            cursor.execute(f"DEALLOCATE {name}")


def _refusal(error: DatabaseError) -> Exception:
    cause = error.__cause__
    if isinstance(cause, errors.QueryCanceled):
        return PlanningTooLong()
    for kind, told in _TOLD.items():
        if isinstance(cause, kind):
            return StatementUnplannable(f"PostgreSQL can't plan it: {told}.")
    state = getattr(cause, "sqlstate", None) or "unknown"
    return StatementUnplannable(f"PostgreSQL can't plan it (SQLSTATE {state}).")

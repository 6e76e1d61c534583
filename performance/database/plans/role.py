"""The role as which statements are planned: it may read the application's tables but for those that hold secrets.

Planning looks at statistics, which hold values of rows; what the role may not read, no estimate can be had of.
"""

import logging
from collections.abc import Iterable

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from psycopg import sql

logger = logging.getLogger(__name__)
ROLE = "assay_explain"
# Password hashes, tokens, what secrets are made of, sessions, and what people sent in full.
SECRET_TABLES = frozenset(
    {
        "performance_user",
        "performance_apitoken",
        "performance_webhooksecret",
        "performance_idempotencykey",
        "django_session",
        "django_admin_log",
        "silk_request",
        "silk_response",
    }
)
_MAKE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_MAY_BECOME = "SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = %s"


def grant_after_migrate(sender: object, **_signal: object) -> None:
    """post_migrate. Where we may make no roles, whoever runs the database makes this one (docs/plans.md)."""
    try:
        with transaction.atomic():
            _grant()
    except DatabaseError as error:
        logger.info("statements can't be analysed, since the role %s is missing: %s", ROLE, error)


def is_there() -> bool:
    """Whether the connection's user may take the role."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY_BECOME, [ROLE])
        row = cursor.fetchone()
    return bool(row and row[0])


def _grant() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)
        if not is_there():
            cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
        existing = set(connection.introspection.table_names(cursor))
        readable = sorted((_tables() - SECRET_TABLES) & existing)
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        if readable:
            cursor.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(_joined(readable), sql.Identifier(ROLE)))


def _tables() -> set[str]:
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}


def _joined(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)

"""Which tables may be worked on from here: the application's own, and those that MAINTENANCE_TABLES names."""

from django.apps import apps
from django.conf import settings
from django.db import connection

from performance.api.errors import DomainError
from performance.database.tables.errors import TableNotListed, TableNotOurs
from performance.database.tables.names import Relation, relation

# What PostgreSQL asks for: the table's or the database's owner, or, since 17, the right MAINTAIN.
_RIGHTS = """
SELECT pg_has_role(c.relowner, 'USAGE')
    OR (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()) {maintain}
FROM pg_class c WHERE c.oid = %s::bigint::oid
"""
_WITH_MAINTAIN = 170_000


def listed(name: str) -> Relation:
    """The table, if it may be vacuumed and analyzed. Raises UnknownTable, NotATable, TableNotListed, TableNotOurs."""
    found = relation(name)
    if not _is_the_applications(found) and not _is_named(found):
        raise TableNotListed(
            f"{found.name} isn't one of the application's tables. To work on it from here, "
            "add it to the setting MAINTENANCE_TABLES."
        )
    if not _may_be_worked_on(found):
        raise TableNotOurs(f"The application's database role neither owns {found.name} nor may MAINTAIN it.")
    return found


def _is_the_applications(found: Relation) -> bool:
    """A table of the same name in another schema is not."""
    models = apps.get_models(include_auto_created=True)
    names = {model._meta.db_table for model in models if model._meta.managed}
    return found.table in names and relation(found.table).oid == found.oid


def _is_named(found: Relation) -> bool:
    return any(_oid(name) == found.oid for name in settings.MAINTENANCE_TABLES)


def _oid(name: str) -> int | None:
    """None where the setting names what isn't there."""
    try:
        return relation(name).oid
    except DomainError:
        return None


def _may_be_worked_on(found: Relation) -> bool:
    with connection.cursor() as cursor:
        version = getattr(connection, "pg_version", 0)
        maintain = "OR has_table_privilege(c.oid, 'MAINTAIN')" if version >= _WITH_MAINTAIN else ""
        cursor.execute(_RIGHTS.format(maintain=maintain), [found.oid])
        row = cursor.fetchone()
    return bool(row and row[0])

"""pg_stat_statements in our database, where the server has it loaded and we may."""

import logging

from django.db import DatabaseError, connection, transaction

logger = logging.getLogger(__name__)


def create_after_migrate(sender: object, **_signal: object) -> None:
    """post_migrate. Where only a superuser may, the page of statements says so."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('pg_stat_statements.max', true) IS NOT NULL")
            if cursor.fetchone() == (True,):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    except DatabaseError as error:
        logger.info("statements aren't counted, since the extension pg_stat_statements is missing: %s", error)

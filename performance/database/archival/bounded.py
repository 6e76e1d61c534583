"""Questions that may take long: asked for a few seconds, and then not answered."""

from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

WITHIN_MS = 3_000


def answered_in_time(sql: str, given: Mapping[str, Any], *, within_ms: int = WITHIN_MS) -> tuple[Any, ...] | None:
    """The first row; None where it takes longer. What else goes on in the transaction is as it was."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            before = cursor.fetchone()[0]
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{within_ms}ms"])
            cursor.execute(sql, given)
            row: tuple[Any, ...] = cursor.fetchone()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise
    return row

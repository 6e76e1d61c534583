"""A table of a test's own, with dead rows, in a transaction of its own."""

from collections.abc import Iterator

import pytest
from django.db import connection

ROWS = 5_000


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(scope="module")
def scratch(django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """public.scratch_orders: 5,000 rows, 3,000 of them deleted. Committed, so that VACUUM and statistics see it."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        run(
            "DROP TABLE IF EXISTS scratch_orders",
            "CREATE TABLE scratch_orders (id int PRIMARY KEY, ok boolean, placed_at timestamptz NOT NULL, note text)"
            " WITH (autovacuum_enabled = off)",
            "CREATE INDEX scratch_orders_note ON scratch_orders (note)",
            f"INSERT INTO scratch_orders SELECT n, n % 3 = 0, now(), CASE WHEN n % 2 = 0 THEN repeat('x', 40) END"
            f" FROM generate_series(1, {ROWS}) n",
            "DELETE FROM scratch_orders WHERE id % 5 < 3",
            # Else what this session did is counted after ANALYZE has counted it.
            "SELECT pg_stat_force_next_flush()",
            "ANALYZE scratch_orders",
        )
        try:
            yield "scratch_orders"
        finally:
            run("DROP TABLE scratch_orders")
            connection.close()

"""A database of its own for the planted shop: what another asks is no part of its workload."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from psycopg import sql

from performance.database.indexes import planted


@contextmanager
def planted_database() -> Iterator[str]:
    """Its address, once all is made and asked; it is dropped at the end."""
    name = f"assay_planted_{secrets.token_hex(4)}"
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as outside:
        outside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            url = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}"))
            _fill(url)
            yield url
        finally:
            outside.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as inside:
        inside.execute("CREATE EXTENSION pg_stat_statements")
        for statement in planted.tables(planted.SCHEMA):
            inside.execute(statement.encode())
        for statement, values in planted.statements(planted.SCHEMA):
            inside.execute(statement.encode(), values)
        inside.execute("SELECT pg_stat_force_next_flush()")

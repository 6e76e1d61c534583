"""A database and a Valkey database of the benchmark's own, so that nothing of the user's is touched."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from django.conf import settings
from psycopg import sql

from performance.api.errors import DomainError
from performance.jobs.wake import check_broker

# Valkey's own default number of databases.
LAST_DATABASE = 15


class NoEmptyDatabase(DomainError):
    """Every Valkey database from 1 to 15 holds keys, and the benchmark touches nobody's: empty one of them."""


@contextmanager
def environment() -> Iterator[Mapping[str, str]]:
    """The environment of a process that measures: what it names is made here and deleted at the end."""
    check_broker()
    with _database() as database_url, _broker() as redis_url:
        yield {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            # The operator's own endpoint is never asked, and no limit of theirs is measured.
            "ASSAY_ENV_FILE": "",
            "OPENAI_API_KEY": "",
            "OPENAI_BASE_URL": "",
            "LOG_LEVEL": "ERROR",
        }


@contextmanager
def _database() -> Iterator[str]:
    name = f"assay_bench_{secrets.token_hex(4)}"
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _broker() -> Iterator[str]:
    for number in range(LAST_DATABASE, 0, -1):
        url = urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{number}"))
        with redis.Redis.from_url(url) as client:
            if client.dbsize():
                continue
            try:
                yield url
            finally:
                client.flushdb()
            return
    raise NoEmptyDatabase

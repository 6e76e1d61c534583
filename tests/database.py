"""How the tests' databases are made, and emptied after a test that committed.

Several processes that run tests would each migrate for seconds: one database is migrated while they gather their tests,
and theirs are copies of it. Django's `flush` truncates every table and makes permissions, roles and prompts anew: a
second, hundreds of times. Here only the tables that a test wrote to are touched, and what migrations had put there is
put back as it was.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, MutableMapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connections
from django.test.testcases import TransactionTestCase

from tests.stack import DIRECTORY

# In the environment of the processes that run tests: whose run's servers have a database to copy.
TEMPLATE = "ASSAY_TEST_TEMPLATE"
NAME = "assay_template"
TREE = Path(__file__).parents[1]

# Triggers and foreign keys rest meanwhile: all rows go at once. They are deleted, since new files for a table and its
# indexes cost more; `restore` gives the tables that still need a vacuum, to be small and unknown to the planner again.
# `touched` names each table in its text, so that a session plans it once.
_REMEMBER = """
CREATE SCHEMA pristine;
CREATE FUNCTION pristine.content(of_table regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    EXECUTE format('SELECT (count(*), sum(hash_record_extended(row, 0)))::text FROM %s AS row', of_table) INTO found;
    RETURN found;
END $$;
CREATE TABLE pristine.known AS
    SELECT format('public.%I', tablename)::regclass AS original, format('pristine.%I', tablename) AS copy,
           NULL::text AS content, NULL::text AS columns
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations';
UPDATE pristine.known SET content = nullif(pristine.content(original), '(0,)'), columns = (
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = original AND attnum > 0 AND NOT attisdropped AND attgenerated = '');
DO $$
DECLARE
    its record;
    looks text[];
BEGIN
    FOR its IN SELECT * FROM pristine.known LOOP
        IF its.content IS NULL THEN
            looks := looks || format('EXISTS (SELECT FROM %s)', its.original);
        ELSE
            looks := looks || format('pristine.content(%L) <> %L', its.original, its.content);
            EXECUTE format('CREATE TABLE %s AS SELECT %s FROM %s', its.copy, its.columns, its.original);
        END IF;
        looks[cardinality(looks)] := format('SELECT %L::regclass WHERE ', its.original) || looks[cardinality(looks)];
    END LOOP;
    EXECUTE format(
        'CREATE FUNCTION pristine.touched() RETURNS SETOF regclass LANGUAGE plpgsql AS %L',
        'BEGIN RETURN QUERY ' || array_to_string(looks, ' UNION ALL ') || '; END');
END $$;
CREATE FUNCTION pristine.restore() RETURNS SETOF text LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE its record;
BEGIN
    FOR its IN SELECT known.* FROM pristine.touched() JOIN pristine.known ON original = touched LOOP
        EXECUTE format('DELETE FROM %s', its.original);
        IF its.content IS NOT NULL THEN
            EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM %3$s', its.original, its.columns, its.copy);
        END IF;
    END LOOP;
    RETURN QUERY
        SELECT original::text FROM pristine.known JOIN pg_class ON pg_class.oid = original
        WHERE pg_relation_size(original) > 500000 OR content IS NULL AND reltuples > 0;
END $$;
"""


def begin_template(environ: MutableMapping[str, str]) -> None:
    """Have it migrated beside us, unless the server isn't ours."""
    if environ.get("ASSAY_TEST_STACK") == "external":
        return
    url = environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {NAME}")
    environ[TEMPLATE] = environ[DIRECTORY]
    threading.Thread(target=_migrate, args=[urlunsplit(urlsplit(url)._replace(path=f"/{NAME}"))], daemon=True).start()


def use_template() -> None:
    """Before the tests' database is made."""
    if os.environ.get(TEMPLATE) == os.environ[DIRECTORY]:
        while not _outcome().exists():
            time.sleep(0.05)
        assert _outcome().read_text() == "0", (Path(os.environ[DIRECTORY]) / "template.log").read_text()
        connections["default"].settings_dict["TEST"] |= {"TEMPLATE": NAME, "MIGRATE": False}


def _migrate(url: str) -> None:
    directory = Path(os.environ[DIRECTORY])
    with (directory / "template.log").open("wb") as log:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        environ = {**os.environ, "DATABASE_URL": url}
        status = subprocess.run(command, cwd=TREE, env=environ, stdout=log, stderr=log, check=False).returncode
    unfinished = directory / "template.unfinished"
    unfinished.write_text(str(status))
    unfinished.rename(_outcome())


def _outcome() -> Path:
    return Path(os.environ[DIRECTORY]) / "template.status"


@contextmanager
def remembered() -> Iterator[None]:
    """What the database holds now is what each test inside finds. Only a superuser can hold triggers back."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        is_superuser = cursor.fetchone() == (True,)
        if is_superuser:
            cursor.execute(_REMEMBER)
    with pytest.MonkeyPatch.context() as patch, closing(_Restorer()) as restorer:
        if is_superuser:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: restorer.restore())
        yield


class _Restorer:
    """A session of its own that stays. One that is new to all those tables takes five times as long."""

    def __init__(self) -> None:
        self._session: psycopg.Connection | None = None

    def restore(self) -> None:
        """Also after a test that ended all sessions."""
        try:
            self._restore()
        except psycopg.OperationalError:
            if self._session and not self._session.closed:
                raise
            self._session = None
            self._restore()

    def close(self) -> None:
        if self._session:
            self._session.close()

    def _restore(self) -> None:
        self._session = session = self._session or _connect()
        for (table,) in session.execute("SELECT pristine.restore()").fetchall():
            session.execute(f"VACUUM {table}")


def _connect() -> psycopg.Connection:
    """To the database of this process' tests. Waits for what a test's threads still hold, but not for ever."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connections['default'].settings_dict['NAME']}")
    return psycopg.connect(urlunsplit(address), autocommit=True, options="-c lock_timeout=60s")

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
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connections
from django.test.testcases import TransactionTestCase

from tests.stack import DIRECTORY

# In the environment of the processes that run tests: whose run's servers have a database to copy.
TEMPLATE = "ASSAY_TEST_TEMPLATE"
NAME = "assay_template"
TREE = Path(__file__).parents[1]

# Triggers and foreign keys rest meanwhile: all rows go at once. They are deleted, since new files for a table and its
# indexes cost more; `restore` gives the tables that still need a vacuum, to be small and unknown to the planner again.
_REMEMBER = """
CREATE SCHEMA pristine;
CREATE FUNCTION pristine.content(of_table regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    EXECUTE format('SELECT md5(string_agg(row::text, chr(10) ORDER BY row::text)) FROM %s AS row', of_table) INTO found;
    RETURN found;
END $$;
CREATE TABLE pristine.known AS
    SELECT format('public.%I', tablename)::regclass AS original, format('pristine.%I', tablename) AS copy,
           NULL::text AS content, NULL::text AS columns
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations';
UPDATE pristine.known SET content = pristine.content(original), columns = (
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = original AND attnum > 0 AND NOT attisdropped AND attgenerated = '');
DO $$
DECLARE its record;
BEGIN
    FOR its IN SELECT * FROM pristine.known WHERE content IS NOT NULL LOOP
        EXECUTE format('CREATE TABLE %s AS SELECT %s FROM %s', its.copy, its.columns, its.original);
    END LOOP;
END $$;
CREATE FUNCTION pristine.restore() RETURNS SETOF text LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE
    its record;
    is_touched boolean;
BEGIN
    FOR its IN SELECT known.*, reltuples FROM pristine.known JOIN pg_class ON pg_class.oid = original LOOP
        IF its.content IS NOT NULL THEN
            is_touched := pristine.content(its.original) IS DISTINCT FROM its.content;
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', its.original) INTO is_touched;
        END IF;
        IF is_touched THEN
            EXECUTE format('DELETE FROM %s', its.original);
            IF its.content IS NOT NULL THEN
                EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM %3$s', its.original, its.columns, its.copy);
            END IF;
        END IF;
        IF pg_relation_size(its.original) > 500000 OR its.content IS NULL AND its.reltuples > 0 THEN
            RETURN NEXT its.original::text;
        END IF;
    END LOOP;
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


def remember() -> None:
    """What the database holds now is what each test finds from now on. Only a superuser can hold triggers back."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            cursor.execute(_REMEMBER)
            TransactionTestCase._fixture_teardown = _restore


def _restore(case: Any) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pristine.restore()")
        for (table,) in cursor.fetchall():
            cursor.execute(f"VACUUM {table}")

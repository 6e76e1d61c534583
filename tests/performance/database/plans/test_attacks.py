"""What somebody may try with a statement that is only to be planned: reading, writing, hanging. All of it fails."""

import time

import pytest
from django.db import connection
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.database.plans.errors import StatementUnplannable
from performance.database.plans.explaining import explain
from performance.database.plans.parsing import MOST_CHARACTERS
from performance.database.plans.role import ROLE
from performance.database.plans.statements import Statement
from performance.database.plans.vocabulary import FUNCTIONS
from performance.flags.models import Flag
from tests.factories import make_user

URL = "/api/v1/performance/database/analyze-query"
SECRET = "swordfish"

WRITES = [
    "DELETE FROM performance_flag",
    "INSERT INTO performance_flag (name) VALUES ('x')",
    "UPDATE performance_flag SET mode = 'on'",
    "MERGE INTO performance_flag f USING performance_job j ON false WHEN MATCHED THEN DELETE",
    "TRUNCATE performance_flag",
    "DROP TABLE performance_flag",
    "CREATE TABLE x (a int)",
    "SELECT * INTO x FROM performance_flag",
    "WITH gone AS (DELETE FROM performance_flag RETURNING *) SELECT * FROM gone",
    "WITH a AS (SELECT 1), b AS (INSERT INTO performance_flag (name) VALUES ('x') RETURNING 1) SELECT * FROM a, b",
    "SELECT * FROM performance_flag FOR UPDATE",
    "SELECT * FROM (SELECT * FROM performance_flag FOR NO KEY UPDATE) AS inner_one",
    "SELECT nextval('performance_flag_id_seq')",
    "SELECT setval('performance_flag_id_seq', 1)",
    "SELECT lo_unlink(1)",
    "SELECT pg_notify('a', 'b')",
    "SELECT set_config('role', 'postgres', false)",
]
ESCAPES = [
    "SELECT 1; DELETE FROM performance_flag",
    "SELECT 1; COMMIT; DELETE FROM performance_flag",
    "SELECT 1;;DELETE FROM performance_flag;--",
    "SELECT 1 /* ; */ ; ROLLBACK; SELECT 2",
    "SELECT $$;$$; DELETE FROM performance_flag",
    "ANALYZE DELETE FROM performance_flag",
    "ANALYZE SELECT * FROM performance_flag",
    "(ANALYZE) DELETE FROM performance_flag",
    "EXPLAIN ANALYZE DELETE FROM performance_flag",
    "COPY performance_flag TO '/tmp/stolen'",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "DO $$ BEGIN DELETE FROM performance_flag; END $$",
    "CALL something()",
    "EXECUTE something",
    "PREPARE x AS DELETE FROM performance_flag",
    "SET ROLE postgres",
    "SET statement_timeout = 0",
    "RESET ROLE",
    "BEGIN",
    "LOCK TABLE performance_flag",
    "LISTEN x",
    "VACUUM",
    "DECLARE c CURSOR FOR SELECT 1",
]
READS = [
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT * FROM pg_ls_dir('/')",
    "SELECT current_setting('data_directory')",
    "SELECT query_to_xml('SELECT password FROM performance_user', true, true, '')",
    "SELECT table_to_xml('performance_user', true, true, '')",
    "SELECT query_to_xml_and_xmlschema('SELECT 1', true, true, '')",
    "SELECT xpath('//x', xmlparse(document '<x/>'))",
    "SELECT * FROM XMLTABLE('/x' PASSING xmlparse(document '<x/>') COLUMNS a text)",
    "SELECT dblink('dbname=x', 'SELECT 1')",
    "SELECT pg_stat_get_backend_activity(1)",
    "SELECT 'performance_user'::regclass",
    "SELECT CAST('pg_read_file' AS regproc)",
    "SELECT has_table_privilege('performance_user', 'select')",
    "SELECT password FROM performance_user",
    "SELECT 1 FROM performance_user WHERE password > 'p'",
    "SELECT * FROM public.performance_apitoken",
    "SELECT * FROM (SELECT * FROM django_session) AS s",
    "WITH s AS (SELECT * FROM performance_webhooksecret) SELECT * FROM s",
    "SELECT * FROM pg_authid",
    "SELECT rolpassword FROM pg_catalog.pg_authid",
    "SELECT * FROM pg_catalog.pg_statistic",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM other.performance_flag",
    "SELECT public.lower('x')",
    "SELECT 1 OPERATOR(public.+) 1",
    "SELECT ARRAY(SELECT password FROM performance_user)::text::int",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM performance_user)",
    "SELECT 1 ORDER BY (SELECT password FROM performance_user LIMIT 1)",
    "SELECT 1 UNION SELECT password::int FROM performance_user",
    "VALUES ((SELECT password FROM performance_user LIMIT 1))",
]
HANGS = [
    "SELECT pg_sleep(30)",
    "SELECT * FROM pg_sleep(30)",
    "SELECT pg_advisory_lock(1)",
    "SELECT repeat('x', 1000000000)",
    "SELECT lpad('x', 1000000000)",
    "SELECT format('%1000000000s', 'x')",
    "SELECT replace(replace('aaaa', 'a', 'bbbb'), 'b', 'cccc')",
    "SELECT " + "to_json(" * 30 + "'\"'::text" + "::text)" * 30,
    # On a thread with an ordinary stack, these end the process.
    "SELECT 1" + "+1" * 9_990,
    "SELECT " + "NOT " * 4_900 + "true",
    "SELECT " + "(SELECT " * 2_200 + "1" + ")" * 2_200,
    "SELECT 1" + "::int" * 3_900,
    "SELECT " + "ARRAY[" * 2_800 + "1" + "]" * 2_800,
    "SELECT 1" + " UNION SELECT 1" * 1_300,
    "SELECT " + "lower(" * 2_800 + "'a'" + ")" * 2_800,
    "SELECT 1 FROM " + ", ".join(f"performance_flag AS t{n}" for n in range(60)),
    "SELECT $100000",
    "SELECT '" + "x" * MOST_CHARACTERS + "'",
]


@pytest.fixture
def operator(db: None) -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.analyze_query"]))
    return client


@pytest.mark.parametrize("sql", [*WRITES, *ESCAPES, *READS, *HANGS])
def test_it_fails_and_is_written_down(operator: APIClient, sql: str) -> None:
    Flag.objects.create(name="kept")
    make_user(username="victim", password=SECRET)
    began = time.monotonic()

    answer = operator.post(URL, {"sql": sql}, format="json")

    assert answer.status_code in {400, 422}, answer.content[:500]
    assert SECRET.encode() not in answer.content
    assert time.monotonic() - began < 30
    assert list(Flag.objects.values_list("name", flat=True)) == ["kept"]
    if len(sql) <= MOST_CHARACTERS:
        assert AuditEntry.objects.get().outcome == "refused"


@pytest.mark.parametrize("sql", ["SELECT " + "(" * 5_000 + "1" + ")" * 5_000, "SELECT " + "- " * 9_900 + "1"])
def test_what_only_looks_costly_is_planned_at_once(operator: APIClient, sql: str) -> None:
    began = time.monotonic()

    assert operator.post(URL, {"sql": sql}, format="json").status_code == 200
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("sql", ["", "   ", ";", "-- nothing", "/* nothing */", "SELEC 1", "SELECT 'a", "\x00"])
def test_what_is_no_sql_is_refused_by_its_reason(operator: APIClient, sql: str) -> None:
    answer = operator.post(URL, {"sql": sql}, format="json")

    assert answer.status_code in {400, 422}
    assert answer.json()["detail"] or answer.json()["errors"]


def test_no_function_on_the_list_is_volatile(db: None) -> None:
    """Volatile ones may write or wait; `now` and its kind are stable."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT proname::text FROM pg_proc WHERE pronamespace IN ('pg_catalog'::regnamespace,"
            " 'public'::regnamespace) AND proname = ANY(%s) AND provolatile = 'v'",
            [sorted(FUNCTIONS)],
        )
        volatile = [name for (name,) in cursor.fetchall()]

    assert volatile == []


def _past_the_parser(sql: str) -> None:
    """As if the grammar's own check had let it through."""
    explain(Statement(sql, parameters=0))


@pytest.mark.parametrize("sql", [*WRITES, *ESCAPES, *[each for each in READS if "FROM performance_user" in each]])
@pytest.mark.django_db(transaction=True)
def test_even_past_the_first_check_postgresql_itself_does_nothing(sql: str) -> None:
    Flag.objects.create(name="kept")
    before = _state()
    try:
        _past_the_parser(sql)
    except StatementUnplannable as error:
        # Some are planned: to plan a write writes nothing.
        assert SECRET not in str(error)  # noqa: PT017

    assert list(Flag.objects.values_list("name", flat=True)) == ["kept"]
    assert _state() == before


def _state() -> tuple[str, bool, str, int]:
    """What the connection is like afterwards: read only or not, another role, its time-out, left-over statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('transaction_read_only'), current_user = %s, current_setting('statement_timeout'),"
            " (SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'assay\\_%%')",
            [ROLE],
        )
        row: tuple[str, bool, str, int] = cursor.fetchone()
    return row

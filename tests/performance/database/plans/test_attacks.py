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
from performance.database.plans.vocabulary import FUNCTIONS, OF_ROWS
from performance.flags.models import Flag
from tests.factories import make_user

URL = "/api/v1/performance/database/analyze-query"
SECRET = "swordfish"

WRITES = [
    "DELETE FROM performance_flag",
    "INSERT INTO performance_flag (name) VALUES ('x')",
    "UPDATE performance_flag SET rollout = 'on'",
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
    "SELECT * FROM pg_class",
    "SELECT * FROM pg_stats WHERE tablename = 'performance_user'",
    "SELECT query FROM pg_stat_activity",
    "SELECT f.to_jsonb FROM performance_flag AS f",
    "SELECT (f).quote_literal FROM performance_flag AS f",
    "SELECT public.lower('x')",
    "SELECT 1 OPERATOR(public.+) 1",
    "SELECT ARRAY(SELECT password FROM performance_user)::text::int",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM performance_user)",
    "SELECT 1 ORDER BY (SELECT password FROM performance_user LIMIT 1)",
    "SELECT 1 UNION SELECT password::int FROM performance_user",
    "VALUES ((SELECT password FROM performance_user LIMIT 1))",
]


def _pulled_up(levels: int, times: int) -> str:
    """Sub-queries each of which names the one inside so many times."""
    inner = "SELECT id AS a FROM performance_flag"
    for level in range(levels):
        inner = f"SELECT {'+'.join(['a'] * times)} AS a FROM ({inner}) AS s{level}"
    return inner


def _rows_of_rows(levels: int) -> str:
    inner = "SELECT '\"'::text AS a"
    for level in range(levels):
        inner = f"SELECT s{level}::text AS a FROM ({inner}) AS s{level}"
    return f"SELECT 1 FROM performance_flag AS f, ({inner}) AS z WHERE f.name = z.a"


def _named(expression: str) -> str:
    """Planning works it out for its estimate, though it be only stable."""
    return f"SELECT 1 FROM performance_flag WHERE name = {expression}"


# Each of these takes PostgreSQL a gigabyte or more while it is planned, and the larger ones its life.
GROWS = [
    _pulled_up(20, 2),
    _pulled_up(3, 250),
    "SELECT 1 FROM (SELECT id AS a FROM performance_flag) AS s0, "
    + ", ".join(f"LATERAL (SELECT s{n}.a + s{n}.a AS a) AS s{n + 1}" for n in range(25))
    + " WHERE s25.a = 1",
    "WITH c0 AS (SELECT id AS a FROM performance_flag), "
    + ", ".join(f"c{n + 1} AS (SELECT a + a AS a FROM c{n})" for n in range(15))
    + " SELECT "
    + "+".join(["a"] * 30)
    + " FROM c15",
    _rows_of_rows(30),
    _named("ROW(" * 30 + "'\"'" + ")::text" * 30),
    _named("ARRAY[" * 30 + "'\"'::text" + "]::text" * 30),
    _named("jsonb_build_array(" * 30 + "'\"'::text" + ")::text" * 30),
    _named("JSON_ARRAY(" * 30 + "'\"'::text" + ")::text" * 30),
    _named(
        "array_to_string(string_to_array(array_to_string(string_to_array('xxxxxxxxxx', NULL), '" + "y" * 9_000 + "'),"
        " NULL), '" + "z" * 9_000 + "')"
    ),
    _named("concat_ws('" + "y" * 4_000 + "', VARIADIC string_to_array('" + "x" * 4_000 + "', NULL))"),
    _named("concat_ws(" * 12 + "'yyyy'" + (", " + ", ".join(["''"] * 9) + ")") * 12),
    _named("concat(" + ", ".join(f"'{n}'::char(10485760)" for n in range(90)) + ")"),
    "SELECT " + ", ".join(f"'{n}'::char(10485760)" for n in range(150)),
    "SELECT " + ", ".join(["'1'::bit(83886080)"] * 150),
    "SELECT " + "right(" * 25 + "'xxxx'" + "::bytea::text, -2)" * 25,
    "SELECT 1 FROM performance_flag WHERE " + "(" * 16 + "id" + " BETWEEN SYMMETRIC 1 AND 2)::int" * 16 + " = 1",
    "SELECT 1 FROM performance_flag WHERE " + "(" * 25 + "id" + " NOT BETWEEN 1 AND 2)::int" * 25 + " = 1",
    "SELECT 1 FROM performance_flag WHERE " + "(" * 16 + "id" + " IN (id, id + 1, id + 2))::int" * 16 + " = 1",
    "SELECT " + "ROW((" * 12 + "ROW(1, 2, 3, 4)" + ").*, (ROW(1, 2)).*)" * 12,
    "SELECT jsonb_path_exists('" + "[" * 900 + "1" + "]" * 900 + "', '$.**.**.**.**.**.** ? (@ == 2)')",
    "SELECT '[" + "1," * 4_000 + "1]'::jsonb @? '$ ? ($[*] ? ($[*] ? ($[*] == -1) == -1) == -1)'",
    "SELECT '[" + "1," * 4_000 + "1]'::jsonb @@ '$[*] ? ($[*] ? ($[*] == -1) == -1) == -1'",
    "SELECT '[" + ",".join(["1e100000"] * 2_000) + "]'::jsonb::text",
    "SELECT " + ", ".join(["(10::numeric ^ 100000)::text"] * 400),
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


@pytest.mark.parametrize("sql", [*WRITES, *ESCAPES, *READS, *GROWS, *HANGS])
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


@pytest.mark.parametrize(
    "sql",
    [
        _pulled_up(3, 4),
        "WITH a AS (SELECT id, name, updated_at FROM performance_flag), b AS (SELECT a.id, a.name || a.name AS name,"
        " count(*) AS n FROM a GROUP BY 1, 2) SELECT b.*, power(1 + b.n, 12), row_to_json(b) FROM b JOIN a USING (id)",
        "SELECT 1 FROM performance_flag WHERE " + " OR ".join(["UPPER(name::text) LIKE UPPER('%a%')"] * 40),
        "SELECT 1 FROM performance_flag WHERE (id, name) IN (" + ", ".join(["(1, 'a')"] * 200) + ")",
        "SELECT count(*) FROM (SELECT id AS col1, name AS col2 FROM performance_flag ORDER BY 1 LIMIT 9) AS subquery",
        "SELECT 1 UNION " * 60 + "SELECT 2",
        "SELECT 1 FROM performance_batch WHERE params @? $1 AND jsonb_path_exists(params, $2)",
        "SELECT to_tsvector('simple', name) @@ to_tsquery('simple', 'a & b') FROM performance_flag",
        "SELECT " + ", ".join(f"sum(id) OVER (PARTITION BY id + {n})" for n in range(120)) + " FROM performance_flag",
        "SELECT (f).* FROM performance_flag AS f WHERE id BETWEEN 1 AND 2 AND name IN (lower($1), upper($2), 'a**b**')",
    ],
)
def test_what_people_and_programs_write_is_planned(operator: APIClient, sql: str) -> None:
    answer = operator.post(URL, {"sql": sql}, format="json")

    assert answer.status_code == 200, answer.content[:500]


def test_every_function_that_a_dot_may_call_is_known(db: None) -> None:
    """Immutable or stable, of one row: those that planning would do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT proname::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
            " AND prokind = 'f' AND provolatile <> 'v' AND pronargs >= 1 AND pronargs - pronargdefaults <= 1"
            " AND proargtypes[0] IN (SELECT oid FROM pg_type WHERE typname IN"
            " ('record', 'any', 'anyelement', 'anycompatible', 'anynonarray'))"
        )
        found = {name for (name,) in cursor.fetchall()}

    assert found <= OF_ROWS


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

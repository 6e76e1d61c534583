"""A statement's plan, and what is said of it."""

import time

import pytest
from django.db import connection, connections, transaction
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.database.plans.errors import NoExplainRole, PlanningTooLong, StatementUnplannable
from performance.database.plans.explaining import explain
from performance.database.plans.role import ROLE, SECRET_TABLES
from performance.database.plans.services import Analysis, analysed
from performance.database.plans.statements import Statement
from performance.jobs.models import Job
from performance.metrics.models import MetricLabels
from tests.factories import make_user

URL = "/api/v1/performance/database/analyze-query"
ROWS = 20_000
TABLE = "performance_metriclabels"


@pytest.fixture
def rows(db: None) -> None:
    """Seven metrics of 20,000 label sets, seen one a second."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (metric, labels_hash, labels, seen_at)"
            " SELECT 'm' || n %% 7, n, '{}', now() - n * interval '1 s' FROM generate_series(0, %s) n",
            [ROWS - 1],
        )
        cursor.execute(f"ANALYZE {TABLE}")


def problems(found: Analysis) -> list[tuple[str, str]]:
    return [(each.says, each.action) for each in found.findings if each.level == "problem"]


def test_a_scan_that_keeps_little_wants_an_index(rows: None) -> None:
    found = analysed(f"SELECT * FROM {TABLE} WHERE seen_at = $1")

    ((says, action),) = problems(found)
    assert says.startswith(f"All 20,000 rows of {TABLE} are read to keep 1, by (seen_at = $1)")
    assert action == "An index on (seen_at) would find them."
    assert found.costliest.kind == "Seq Scan"
    assert found.costliest.share == 1.0


def test_a_scan_that_keeps_most_is_right(rows: None) -> None:
    found = analysed(f"SELECT * FROM {TABLE} WHERE labels_hash > 10")

    assert problems(found) == []
    assert (
        found.findings[0].says
        == f"All 20,000 rows of {TABLE} are read, and 100% of them kept: an index would be no faster."
    )


def test_what_an_index_serves_is_no_problem(rows: None) -> None:
    found = analysed(f"SELECT * FROM {TABLE} WHERE metric = 'm1' AND labels_hash = 8")

    assert problems(found) == []
    assert found.plan.index == "metriclabels_metric_hash_unique"


@pytest.mark.parametrize(
    ("condition", "advice"),
    [
        ("lower(metric) = 'm1'", "lower() hides the column from its index"),
        ("metric LIKE '%m1x%'", "A pattern that begins with % needs a trigram index"),
        ("labels_hash = 1 OR seen_at < '2020-01-01'", "An OR over several columns needs an index for each side"),
    ],
)
def test_what_keeps_an_index_from_being_used_is_named(rows: None, condition: str, advice: str) -> None:
    ((_, action),) = problems(analysed(f"SELECT * FROM {TABLE} WHERE {condition}"))

    assert action.startswith(advice)


def test_of_a_long_condition_only_the_beginning_is_read_for_advice(rows: None) -> None:
    """All of it took two seconds, in which nothing else in the process went on."""
    began = time.process_time()

    sql = f"SELECT * FROM {TABLE} WHERE seen_at = now() AND labels::text <> '{'a.' * 9_900}'"

    ((_, action),) = problems(analysed(sql))

    assert action == "An index on (seen_at) would find them."
    assert time.process_time() - began < 1.0


def test_tables_that_are_not_joined_are_named(rows: None) -> None:
    says = [says for says, _ in problems(analysed(f"SELECT 1 FROM {TABLE} a, {TABLE} b"))]

    assert "Every row of one side is put beside every row of the other: 400,000,000 rows." in says


def test_the_inner_side_of_a_loop_counts_as_often_as_it_is_done(rows: None) -> None:
    sql = f"SELECT * FROM {TABLE} a JOIN {TABLE} b ON b.metric = a.metric AND b.labels_hash = a.labels_hash + 1"

    found = analysed(f"{sql} WHERE a.labels_hash < 20")

    inner = found.plan.inputs[-1]
    assert found.plan.kind == "Nested Loop"
    assert inner.times == pytest.approx(found.plan.inputs[0].rows)
    assert found.plan.cost == pytest.approx(sum(step.own_cost for step in found.plan.walk()), rel=0.01)


def test_statistics_that_are_old_are_told(rows: None) -> None:
    MetricLabels.objects.filter(labels_hash__lt=ROWS // 2).update(labels={"a": "b"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")

    found = analysed(f"SELECT * FROM {TABLE} WHERE labels_hash = 1")

    assert [each.action for each in found.findings if "ANALYZE" in each.action] in ([f"ANALYZE {TABLE}."], [])


def test_a_statement_of_the_application_is_planned_with_its_parameters(db: None) -> None:
    sql, _ = Job.objects.filter(batch_id=1, state="ready").order_by("id").query.sql_with_params()
    for number in (1, 2):
        sql = sql.replace("%s", f"${number}", 1)

    assert analysed(sql).plan.rows >= 1


def test_nothing_is_run(rows: None) -> None:
    """It would take two thousand years."""
    joined = " CROSS JOIN ".join(f"{TABLE} t{n}" for n in range(5))

    assert analysed(f"SELECT count(*) FROM {joined}").plan.cost > 1e15


def test_planning_is_stopped_after_two_seconds(db: None) -> None:
    with pytest.raises(PlanningTooLong):
        explain(Statement(" + ".join(["SELECT factorial(32000)", *["factorial(31999)"] * 20]), parameters=0))


@pytest.mark.django_db(transaction=True)
def test_a_locked_table_is_not_waited_for() -> None:
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")

        with pytest.raises(StatementUnplannable, match="locked just now"):
            analysed(f"SELECT * FROM {TABLE}")
    finally:
        other.close()


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT * FROM nowhere", "it names a table that isn't there"),
        (f"SELECT nothing FROM {TABLE}", "it names a column that isn't there"),
        (f"SELECT metric FROM {TABLE} GROUP BY seen_at", "a column must stand in GROUP BY"),
        ("SELECT $1", "planned"),
        ("SELECT round('a'::text)", "it calls a function or operator that doesn't take such arguments"),
        ("SELECT 1 FROM performance_user", "holds secrets"),
        ("SELECT 'x'::int", "SQLSTATE 22P02"),
    ],
)
def test_what_can_not_be_planned_is_told_without_what_postgresql_said(db: None, sql: str, told: str) -> None:
    if told == "planned":
        assert analysed(sql).plan.kind == "Result"
        return
    with pytest.raises(StatementUnplannable) as refused:
        analysed(sql)

    assert told in str(refused.value)
    assert "HINT" not in str(refused.value)


def test_without_its_role_nothing_is_planned(db: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {ROLE} RENAME TO assay_elsewhere")
        with pytest.raises(NoExplainRole, match=f"no role {ROLE}"):
            analysed("SELECT 1")
        cursor.execute(f"ALTER ROLE assay_elsewhere RENAME TO {ROLE}")


def test_the_role_reads_what_is_the_applications_and_no_secret(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname::text, has_table_privilege(%s, oid, 'SELECT'),"
            " has_table_privilege(%s, oid, 'INSERT, UPDATE, DELETE, TRUNCATE') FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
            [ROLE, ROLE],
        )
        found = {name: (reads, writes) for name, reads, writes in cursor.fetchall()}

    assert {name for name, (_, writes) in found.items() if writes} == set()
    assert {name for name, (reads, _) in found.items() if not reads} - {
        "django_migrations"
    } == SECRET_TABLES & found.keys()
    assert found["prospects_prospect"] == (True, False)


def test_the_answer_is_a_tree_with_its_costliest_step(rows: None) -> None:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.analyze_query"]))

    answer = client.post(URL, {"sql": f"SELECT * FROM {TABLE} WHERE seen_at = now() ORDER BY labels"}, format="json")

    found = answer.json()
    steps = [(step["id"], step["parent_id"], step["kind"]) for step in found["steps"]]
    assert steps == [(0, None, "Sort"), (1, 0, "Seq Scan")]
    assert [step["is_costliest"] for step in found["steps"]] == [False, True]
    assert found["steps"][1]["conditions"] == [{"name": "Filter", "text": "(seen_at = now())"}]
    assert found["estimated_rows"] == 1
    assert found["findings"][0]["level"] == "problem"
    assert AuditEntry.objects.get().outcome == "done"


def test_who_may_not_is_refused(db: None) -> None:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket"]))

    assert client.post(URL, {"sql": "SELECT 1"}, format="json").status_code == 403

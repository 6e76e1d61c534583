"""What is told of a real table."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction
from rest_framework.test import APIClient

from performance.database.tables import bloat, facts, samples
from performance.database.tables.errors import NotATable, UnknownTable
from performance.database.tables.models import TableSample
from performance.database.tables.names import relation
from performance.database.tables.reports import database_report, table_report
from tests.factories import make_user
from tests.performance.database.tables.conftest import run

AT = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)
URL = "/api/v1/performance/database"
pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db: None) -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket"]))
    return client


@pytest.fixture
def lock(scratch: str) -> Iterator[None]:
    """Another session holds the table as ALTER TABLE does."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {scratch} IN ACCESS EXCLUSIVE MODE")
    yield
    other.close()


def test_a_table_is_found_with_and_without_its_schema(scratch: str) -> None:
    assert relation("scratch_orders") == relation("public.scratch_orders")
    assert relation("scratch_orders").name == "public.scratch_orders"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("scratch_order", "Did you mean scratch_orders?"),
        ("orders", "Did you mean scratch_orders?"),
        ("other.scratch_orders", "no table 'other.scratch_orders'"),
        ("pg_class", "no table 'pg_class'"),
        ("scratch_orders; DROP TABLE scratch_orders", "no table"),
        ('scratch_orders"', "Did you mean scratch_orders?"),
        ("scratch_orders\x00", None),
        ("\ud800", "no table"),
        ("x" * 5000, "no table"),
    ],
)
def test_any_other_name_is_refused_with_those_like_it(scratch: str, name: str, told: str | None) -> None:
    if told is None:
        assert relation(name).table == scratch
        return
    with pytest.raises(UnknownTable) as refused:
        relation(name)

    assert told in str(refused.value)


def test_names_that_need_quotes_are_quoted(db: None) -> None:
    run('CREATE SCHEMA "Odd.one"', 'CREATE TABLE "Odd.one"."a ""b"" c" (id int)')

    found = relation('Odd.one.a "b" c')

    assert found.identifier.as_string(connection.connection) == '"Odd.one"."a ""b"" c"'


def test_a_view_and_a_partitioned_table_are_told_apart(db: None) -> None:
    run(
        "CREATE VIEW v_one AS SELECT 1",
        "CREATE TABLE p_one (at date) PARTITION BY RANGE (at)",
        "CREATE TABLE p_one_2026 PARTITION OF p_one FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    )

    with pytest.raises(NotATable, match="is a view"):
        relation("v_one")
    with pytest.raises(NotATable, match="such as p_one_2026"):
        relation("p_one")
    assert relation("p_one_2026").table == "p_one_2026"


def test_a_tables_figures_are_postgresqls(scratch: str) -> None:
    report, indexes = table_report(scratch, at=AT)

    found = report.facts
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('scratch_orders'), pg_indexes_size('scratch_orders')")
        total, index_bytes = cursor.fetchone()
    assert found.index_bytes == index_bytes
    # The free space and visibility maps are left out.
    assert 0 <= total - found.total_bytes <= 10 * 8192
    assert (found.rows, report.upkeep.dead_rows) == (2_000, 3_000)
    assert report.upkeep.is_autovacuum_on is False
    assert {each.name: each.is_primary for each in indexes} == {
        "scratch_orders_pkey": True,
        "scratch_orders_note": False,
    }
    assert report.growth is None


def test_the_estimate_of_bloat_agrees_with_what_is_measured(scratch: str) -> None:
    run("CREATE EXTENSION IF NOT EXISTS pgstattuple")
    (found,) = facts.tables(relation(scratch).oid)

    estimate = bloat.estimated(found, bloat.columns([found])[found.oid], page=8192)
    measured = bloat.measured(found)

    assert estimate is not None
    assert measured is not None
    assert measured.method == "pgstattuple"
    assert measured.share == pytest.approx(0.55, abs=0.05)
    assert estimate.share == pytest.approx(measured.share, abs=0.08)


def test_a_locked_table_is_not_waited_for(scratch: str, lock: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")

        report, indexes = table_report(scratch, at=AT)
        whole = database_report(at=AT)

    assert report.facts.is_locked
    assert report.bloat is None
    assert [each.definition for each in indexes] == ["(id)", "(note)"]
    assert [each.facts.table for each in whole.tables if each.facts.is_locked] == [scratch]


def test_the_whole_is_its_parts(scratch: str) -> None:
    report = database_report(at=AT)

    parts = report.heap_bytes + report.toast_bytes + report.index_bytes
    assert parts == sum(each.facts.total_bytes for each in report.tables)
    assert 0 < parts < report.database.bytes
    assert [each.facts.total_bytes for each in report.tables] == sorted(
        (each.facts.total_bytes for each in report.tables), reverse=True
    )


def test_an_hour_and_a_day_are_written_down_once(scratch: str) -> None:
    TableSample.objects.create(
        relation="public.gone", period_s=3600, taken_at=AT - timedelta(days=9), bytes=1, index_bytes=0, rows=0,
        blocks_hit=0, blocks_read=0,
    )  # fmt: skip

    samples.take(at=AT)
    written = set(TableSample.objects.values_list("relation", "period_s", "taken_at"))
    samples.take(at=AT + timedelta(minutes=5))

    assert set(TableSample.objects.values_list("relation", "period_s", "taken_at")) == written
    hour, day = AT.replace(minute=0), AT.replace(hour=0, minute=0)
    assert {(3600, hour), (86400, day)} == {
        (period, at) for name, period, at in written if name == "public.scratch_orders"
    }
    assert not any(name == "public.gone" for name, *_ in written)


def _sample(hours: int, **fields: int) -> TableSample:
    known = {"relation": "", "period_s": 3600, "taken_at": AT - timedelta(hours=hours), "index_bytes": 0, "rows": 0}
    return TableSample(**{**known, "bytes": 10**9 - hours * 10**6, **fields})


def test_growth_and_the_last_days_hit_rate_come_from_samples(scratch: str) -> None:
    TableSample.objects.bulk_create(
        _sample(hours, blocks_hit=5000 - 90 * hours, blocks_read=500 - 10 * hours) for hours in range(1, 30)
    )

    report = database_report(at=AT)

    assert report.growth is not None
    assert report.growth.per_day == pytest.approx(24e6)
    assert report.history.hit_rate() == pytest.approx(0.9)


def test_counters_that_began_anew_tell_no_hit_rate(scratch: str) -> None:
    TableSample.objects.bulk_create(
        [_sample(2, blocks_hit=500, blocks_read=0), _sample(1, blocks_hit=5, blocks_read=0)]
    )

    assert samples.history("", at=AT).hit_rate() is None


def test_the_answers_say_what_there_is(scratch: str, operator: APIClient) -> None:
    size = operator.get(f"{URL}/size").json()
    table = operator.get(f"{URL}/table-stats/public.{scratch}").json()

    assert size["growth"] == {
        "says": "insufficient history", "bytes_per_day": None, "days_to_double": None, "days_of_history": None
    }  # fmt: skip
    listed = next(each for each in size["tables"] if each["table"] == "public.scratch_orders")
    assert {name: table[name] for name in listed if name != "bloat"} == {
        name: listed[name] for name in listed if name != "bloat"
    }
    assert table["upkeep"]["says"] == "Autovacuum is switched off for it."
    assert table["activity"]["deleted"] == 3_000
    assert table["runs"] == []


def test_a_name_of_nothing_is_a_404_that_says_so(scratch: str, operator: APIClient) -> None:
    answer = operator.get(f"{URL}/table-stats/scratch_ordres")

    assert answer.status_code == 404
    assert answer.json()["detail"] == ("This database has no table 'scratch_ordres'. Did you mean scratch_orders?")


def test_the_number_of_statements_does_not_grow_with_the_tables(
    scratch: str, operator: APIClient, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        operator.get(f"{URL}/size")

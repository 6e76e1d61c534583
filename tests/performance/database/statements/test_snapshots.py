"""What pg_stat_statements counts becomes deltas, whatever happens to its entries between two looks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet

from performance.database.statements.models import Statement, StatementDelta, StatementSnapshot
from performance.database.statements.snapshots import take
from performance.database.statements.source import source

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 30, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def run(table: str, *, times: int = 1) -> None:
    """A statement of the test's own: what it is called counts for nothing, the table it reads does."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} AS SELECT 1 AS a")
        for _ in range(times):
            cursor.execute(f"SELECT generate_series(1, 3) FROM {table} WHERE a = %s", [1])


def deltas(name: str) -> dict[tuple[int, datetime], tuple[int, int]]:
    return {(each.period_s, each.bucket): (each.calls, each.rows) for each in of(name)}


def of(name: str) -> QuerySet[StatementDelta]:
    known = Statement.objects.filter(text__contains=f"FROM {name} WHERE").values_list("pk", flat=True)
    return StatementDelta.objects.filter(statement_id__in=list(known)).order_by("bucket")


@pytest.fixture
def looked() -> None:
    """There was a look a minute ago, so that what is new now was called since."""
    take(at=AT - MINUTE)


def test_the_first_look_counts_nothing_since_nobody_knows_when_it_was() -> None:
    run("before_the_first")

    take(at=AT)

    assert deltas("before_the_first") == {}
    assert Statement.objects.get(text__contains="FROM before_the_first WHERE").first_seen_at == AT


def test_calls_are_counted_once_in_their_minute_hour_and_day(looked: None) -> None:
    run("counted_once", times=4)

    assert take(at=AT) > 0
    take(at=AT)
    run("counted_once")
    take(at=AT + MINUTE)

    minute, hour = AT.replace(second=0), AT.replace(minute=0, second=0)
    assert deltas("counted_once") == {
        (60, minute): (4, 12),
        (60, minute + MINUTE): (1, 3),
        (3600, hour): (5, 15),
        (86_400, hour.replace(hour=0)): (5, 15),
    }
    first, second, third = StatementSnapshot.objects.order_by("at")
    assert first.calls == 0
    assert second.calls >= 4
    assert third.calls >= 1
    assert third.total_ms > 0


def test_the_text_has_no_values_and_a_shape(looked: None) -> None:
    run("has_a_shape")

    take(at=AT)

    found = Statement.objects.get(text__contains="FROM has_a_shape WHERE")
    assert found.text == "SELECT generate_series($2, $3) FROM has_a_shape WHERE a = $1"
    assert len(found.shape) == 16
    assert found.role == source_role()


def test_extremes_are_known_where_they_are_new_or_alone(looked: None) -> None:
    run("once_only")
    run("often", times=3)
    take(at=AT)
    run("often", times=2)
    take(at=AT + MINUTE)

    alone = of("once_only").get(period_s=60)
    assert alone.min_ms == alone.max_ms == alone.total_ms > 0
    first, second = of("often").filter(period_s=60)
    assert first.min_ms is not None
    assert first.max_ms is not None
    assert first.min_ms <= first.total_ms / 3 <= first.max_ms
    # Of two calls in between, one at most was faster than all before, or slower.
    assert second.min_ms is None or second.min_ms < first.min_ms
    assert second.max_ms is None or second.max_ms > first.max_ms


def test_an_entry_that_began_anew_counts_from_nothing(looked: None) -> None:
    run("began_anew", times=5)
    take(at=AT)
    reset("began_anew")
    run("began_anew", times=7)

    take(at=AT + MINUTE)

    assert deltas("began_anew")[3600, AT.replace(minute=0, second=0)] == (12, 36)


def test_before_postgresql_17_a_counter_that_went_back_tells(looked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    old = source()
    monkeypatch.setattr(
        "performance.database.statements.snapshots.source",
        lambda: type(old)(schema=old.schema, most_entries=old.most_entries, tells_since=False),
    )
    run("of_an_old_server", times=5)
    take(at=AT)
    reset("of_an_old_server")
    run("of_an_old_server", times=2)

    take(at=AT + MINUTE)

    assert deltas("of_an_old_server")[3600, AT.replace(minute=0, second=0)] == (7, 21)


def test_an_entry_that_was_only_hidden_begins_with_what_it_has(looked: None) -> None:
    run("was_hidden", times=3)

    # Two hours later by our clock: the entry is older than the last look by more than any call takes.
    StatementSnapshot.objects.create(at=AT + timedelta(days=9999), deallocations=0, entries=0, most_entries=5000)
    take(at=AT)

    assert deltas("was_hidden") == {}
    assert Statement.objects.filter(text__contains="FROM was_hidden WHERE").exists()


def test_what_stores_measurements_is_not_measured(looked: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) AS of_its_own FROM performance_statementdelta")

    take(at=AT)

    assert Statement.objects.get(text__contains="of_its_own").is_own
    assert deltas("of_its_own") == {}


def reset(name: str) -> None:
    """As somebody, or an eviction, would: this entry alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_statements_reset(userid, dbid, queryid) FROM pg_stat_statements WHERE query LIKE %s",
            [f"SELECT generate_series%{name}%"],
        )


def source_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        return str(cursor.fetchone()[0])

"""What the console says of statements, and what is forgotten after its time."""

from datetime import UTC, datetime, timedelta

import pytest

from performance.console.shapes import Level, Severity
from performance.database.statements import findings as found
from performance.database.statements import tile
from performance.database.statements.models import Statement, StatementCounters, StatementDelta, StatementSnapshot
from performance.database.statements.repeats import METRIC as REPEATS
from performance.database.statements.retention import expire
from performance.database.statements.snapshots import take
from performance.database.statements.source import Source
from tests.performance.database.statements.stored import make_deltas, make_statement
from tests.performance.metrics.measured import make_bucket

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 30, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def keys() -> list[str]:
    return [each.key for each in found.findings(at=AT)]


def test_a_quiet_database_has_no_findings() -> None:
    make_deltas(make_statement("SELECT a", at=AT), at=AT, calls=10, total_ms=900.0)

    assert keys() == []


def test_what_has_much_of_the_time_and_what_sorts_on_the_disk_is_told() -> None:
    costly, spilling = make_statement("SELECT a", at=AT), make_statement("SELECT b", at=AT)
    make_deltas(costly, at=AT, calls=10, total_ms=60_000.0)
    make_deltas(spilling, at=AT, calls=10, total_ms=900.0, temp_blocks=40_000)

    one, other = found.findings(at=AT)

    assert (one.key, one.severity) == (f"statements.costly:{costly.pk}", Severity.WARNING)
    # Whole hours are read: since 7:00, which is 2.5 hours and 20 seconds.
    assert one.impact == pytest.approx(60_000 / (2.5 + 20 / 3600))
    assert other.key == f"statements.temporary:{spilling.pk}"
    assert "work_mem" in other.action
    assert "312 MB" in other.title


def test_an_n_plus_one_names_its_line_and_leads_to_its_statement() -> None:
    statement = make_statement("SELECT a", at=AT, shape="a" * 16)
    labels = {"shape": "a" * 16, "view": "api-x", "line": "a.py:1", "model": "m.M", "field": "x", "fingerprint": "f"}
    make_bucket(REPEATS, [40.0], at=AT, labels=labels)

    [finding] = found.findings(at=AT)

    assert finding.key == "statements.repeated:m.M.x:a.py:1"
    assert "40 times" in finding.says
    assert finding.url.endswith(f"/{statement.pk}")


def test_evictions_of_the_last_day_name_the_setting() -> None:
    def look(ago: timedelta, *, dealloc: int, reset: datetime = AT - 9 * DAY) -> None:
        StatementSnapshot.objects.create(
            at=AT - ago, stats_reset=reset, deallocations=dealloc, entries=4900, most_entries=5000
        )

    look(2 * DAY, dealloc=1)
    look(timedelta(hours=3), dealloc=7)
    assert keys() == []
    look(timedelta(hours=1), dealloc=9)

    [finding] = found.findings(at=AT)

    assert "2 times" in finding.title
    assert "pg_stat_statements.max to 10000" in finding.action


def test_without_pg_stat_statements_that_is_the_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "source", lambda: Source("", 0, tells_since=False, problem="Do this."))
    monkeypatch.setattr(tile, "source", lambda: Source("", 0, tells_since=False, problem="Do this."))

    [finding] = found.findings(at=AT)

    assert finding.action == "Do this."
    assert tile.tile(at=AT).says == "Do this."


def test_the_tile_has_the_mean_and_how_busy_the_database_is() -> None:
    for minutes, calls, total_ms in ((90, 10**6, 1.0), (2, 7200, 108_000.0), (1, 0, 0.0)):
        StatementSnapshot.objects.create(
            at=AT - timedelta(minutes=minutes),
            deallocations=0,
            entries=9,
            most_entries=9,
            calls=calls,
            total_ms=total_ms,
        )

    figures = tile.tile(at=AT)

    assert (figures.level, figures.value, figures.spark) == (Level.FAIR, "15", [108_000.0, 0.0])
    assert figures.says == "2.0 statements/s, 3.0% of one core's time in the last hour"


def test_each_period_has_its_time() -> None:
    statement = make_statement("SELECT a", at=AT)
    for ago in (timedelta(hours=1), 2 * DAY, 100 * DAY, 800 * DAY):
        make_deltas(statement, at=AT - ago, calls=1, total_ms=1.0)

    expire(at=AT)

    left = StatementDelta.objects.order_by("period_s", "bucket").values_list("period_s", "bucket")
    assert [(period, (AT - bucket).days) for period, bucket in left] == [
        (60, 0), (3600, 2), (3600, 0), (86_400, 100), (86_400, 2), (86_400, 0)
    ]  # fmt: skip


def test_what_is_called_no_more_is_forgotten_with_all_that_is_its(monkeypatch: pytest.MonkeyPatch) -> None:
    old, rare, busy, new = (make_statement(name, at=AT - 900 * DAY) for name in ("old", "rare", "busy", "new"))
    for each, ago, calls in ((old, 800 * DAY, 10**6), (rare, 8 * DAY, 3), (busy, 8 * DAY, 10**6), (new, DAY, 3)):
        make_deltas(each, at=AT - ago, calls=calls, total_ms=1.0)
        counted(each, seen_at=AT - ago, calls=calls)

    expire(at=AT)

    assert set(Statement.objects.values_list("text", flat=True)) == {"busy", "new"}
    assert set(StatementDelta.objects.values_list("statement_id", flat=True)) == {busy.pk, new.pk}
    assert StatementCounters.objects.count() == 2

    monkeypatch.setattr("performance.database.statements.retention.MOST_STATEMENTS", 1)
    expire(at=AT)

    assert set(Statement.objects.values_list("text", flat=True)) == {"new"}


def test_what_postgresql_still_counts_is_not_forgotten() -> None:
    take(at=AT)
    before = Statement.objects.count()
    StatementCounters.objects.update(seen_at=AT - 800 * DAY, calls=1, total_ms=1.0)

    expire(at=AT)

    assert Statement.objects.count() == before > 0


def counted(statement: Statement, *, seen_at: datetime, calls: int) -> None:
    zeros = dict.fromkeys(("plan_ms", "min_ms", "max_ms", "rows", "shared_hit", "shared_read", "temp_blocks"), 0)
    StatementCounters.objects.create(
        statement=statement, seen_at=seen_at, calls=calls, total_ms=1.0, wal_bytes=0, **zeros
    )

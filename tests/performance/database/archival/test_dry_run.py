"""A dry run changes nothing, counts exactly in time, estimates beyond, and never makes up a figure."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from performance.audit.models import AuditEntry
from performance.audit.services import COMMAND
from performance.database.archival import bounded, dry_run, expecting, holds, sizes
from performance.database.archival.models import ArchivalRun
from performance.database.archival.registry import target_named
from performance.database.archival.runs import Wish
from performance.database.archival.runway import NO_PACE, Basis, Pace, Runway, runway
from performance.database.tables.models import TableSample
from tests.performance.database.archival.conftest import AT, archived, old_entries, started, wish
from tests.performance.database.archival.rows import old_event

pytestmark = pytest.mark.django_db
AUDIT = wish(target="audit", older_than_days=100)
MEASURED = Pace(100.0, Basis.MEASURED)


def looked(asked: Wish = AUDIT) -> dry_run.DryRun:
    return dry_run.dry_run(asked, at=AT)


def test_it_says_what_a_run_then_does_and_changes_nothing() -> None:
    rows = old_entries(30)
    old_entries(10, days=10)
    holds.place(
        holds.Wish(target="audit", subject_kind="row", subject_id=str(rows[0].pk)), reason="Case 17.", by=COMMAND
    )

    found = looked()

    assert found.counted == dry_run.Counted(
        rows=29, held=1, kept=0, oldest=rows[29].at, newest=rows[1].at, is_exact=True
    )
    assert AuditEntry.objects.exclude(action="archival.hold").count() == 40
    assert archived(AUDIT).rows == 29


def test_children_are_counted_by_table() -> None:
    old_event(deliveries=2, attempts=3)

    assert looked(wish(target="webhook-events")).child_rows == {
        "performance_webhookdelivery": 2,
        "performance_webhookattempt": 6,
    }


def test_bytes_are_what_rows_weigh_and_what_they_pack_into() -> None:
    old_entries(200, details={"text": "much the same each time " * 20})
    move, copy, delete = (
        looked(wish(each, target="audit", older_than_days=100)) for each in ("move", "copy", "delete")
    )

    assert move.freed_bytes == delete.freed_bytes == sizes.size_of("performance_auditentry").bytes
    assert copy.freed_bytes == delete.archive_bytes == 0
    assert move.archive_bytes == copy.archive_bytes
    assert 0 < (move.archive_bytes or 0) < (move.freed_bytes or 0) / 10
    assert copy.gained == Runway(0.0, "it frees no more than the archive takes")


@contextmanager
def out_of_time(monkeypatch: pytest.MonkeyPatch, *, but_samples: bool) -> Iterator[None]:
    """Every statement over a whole table takes too long."""
    whole = bounded.answered_in_time

    def answered(sql: str, given: Any) -> Any:
        return (
            whole(sql, given) if but_samples and "TABLESAMPLE" in sql else whole("SELECT pg_sleep(1)", {}, within_ms=1)
        )

    with monkeypatch.context() as patched:
        patched.setattr(dry_run, "answered_in_time", answered)
        yield


def test_what_takes_too_long_to_count_is_estimated_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    old_entries(2_000)
    monkeypatch.setattr(sizes, "SAMPLED_ROWS", 1_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE performance_auditentry")

    with out_of_time(monkeypatch, but_samples=True):
        found = looked()

    assert found.counted is not None
    assert not found.counted.is_exact
    # Half of about thirty pages, each by chance.
    assert 200 < found.counted.rows <= 4_000
    assert found.child_rows == {}


def test_what_cant_even_be_estimated_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    old_entries(2)

    with out_of_time(monkeypatch, but_samples=False):
        found = looked()

    assert (found.counted, found.freed_bytes, found.archive_bytes, found.gained.days) == (None, None, None, None)
    assert found.gained.says == "too many rows to be counted or estimated in time"


def test_a_question_that_takes_too_long_leaves_the_transaction_as_it_was() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '7s'")

        assert bounded.answered_in_time("SELECT pg_sleep(1)", {}, within_ms=1) is None
        assert bounded.answered_in_time("SELECT 7", {}) == (7,)

        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("7s",)


def test_growth_is_the_databases_where_it_was_measured() -> None:
    old_entries(10)
    samples(days=3, per_day=1_000_000)

    found = looked()

    assert found.pace.basis is Basis.MEASURED
    assert found.pace.per_day == pytest.approx(1_000_000, rel=0.01)
    assert found.freed_bytes is not None
    assert found.archive_bytes is not None
    assert found.gained.days == pytest.approx((found.freed_bytes - found.archive_bytes) / 1_000_000, rel=0.01)


def test_growth_is_else_told_from_the_ages_of_the_rows() -> None:
    old_entries(10 * 24, days=0)

    pace = sizes.pace_of(target_named("audit"), at=AT)

    assert pace.basis is Basis.ESTIMATED
    weight = sizes.size_of("performance_auditentry").row_bytes
    assert pace.per_day == pytest.approx(24 * weight, rel=0.02)


def test_growth_is_unknown_where_there_is_little_history() -> None:
    old_entries(24, days=0)

    found = looked()

    assert found.pace == sizes.pace_of(target_named("audit"), at=AT) == NO_PACE
    assert found.left.days is None


@pytest.mark.parametrize(
    ("room", "pace", "expected"),
    [
        (1000.0, MEASURED, Runway(10.0, "at the database's growth, as measured")),
        (1000.0, Pace(0.0, Basis.MEASURED), Runway(None, "the database doesn't grow")),
        (1000.0, Pace(0.0, Basis.ESTIMATED), Runway(None, "nothing came in within the month")),
        (1000.0, NO_PACE, Runway(None, "insufficient history")),
        (None, MEASURED, Runway(None, "free space unknown: the database is on another machine")),
    ],
)
def test_runway(room: float | None, pace: Pace, expected: Runway) -> None:
    assert runway(room, pace) == expected


def test_free_space_is_that_of_our_own_databases_disk(settings: LazySettings) -> None:
    assert sizes.free_bytes() is None

    settings.DATABASE_URL = settings.RECORD.database_url

    free = sizes.free_bytes()
    assert free is not None
    assert free > 0


def test_a_run_knows_how_far_it_is_and_what_it_freed() -> None:
    old_entries(30)
    run = started(AUDIT)

    expecting.expect(run.pk)
    run.refresh_from_db()

    assert (run.expected_rows, run.share_done, run.freed_bytes) == (30, 0.0, 0)
    assert run.row_bytes == sizes.size_of("performance_auditentry").row_bytes
    ArchivalRun.objects.update(rows=15)
    run.refresh_from_db()
    assert (run.share_done, run.freed_bytes) == (0.5, round(15 * run.row_bytes))


def samples(*, days: int, per_day: float) -> None:
    """The database's sizes, by the hour."""
    TableSample.objects.bulk_create(
        TableSample(
            relation="",
            period_s=3600,
            taken_at=AT - timedelta(hours=hour),
            bytes=round(1e9 - hour * per_day / 24),
            index_bytes=0,
            rows=0,
            blocks_hit=0,
            blocks_read=0,
        )
        for hour in range(24 * days)
    )

"""Old rows leave their tables, in chunks, each proved to be in the archive before it is gone."""

import pytest
from django.db import connection
from django.db.models import Sum

from performance.audit.models import AuditEntry
from performance.database.archival import chunks, runs, segments, taking
from performance.database.archival.errors import ArchiveDiffers
from performance.database.archival.models import ArchivalRun, ArchivalSegment
from performance.database.archival.staging import checksum, make_table
from performance.database.archival.tree import Column
from performance.files.models import StoredFile
from performance.jobs.models import Job, PaidCall
from tests.factories import make_batch, make_job, make_paid_call
from tests.performance.database.archival.conftest import (
    AT,
    archived,
    done,
    ended_batch,
    ended_jobs,
    old_entries,
    started,
    texts,
    wish,
)
from tests.performance.database.archival.rows import old_event

pytestmark = pytest.mark.django_db
AUDIT = {"target": "audit", "older_than_days": 100}


def jobs() -> list[Job]:
    """But for those that work on the runs themselves."""
    return list(Job.objects.exclude(kind=runs.KIND))


def test_a_move_takes_what_is_old_and_leaves_the_rest() -> None:
    old, young = ended_batch(days=40), ended_batch(days=20)
    ended_jobs(3, batch=old)
    stays = {*ended_jobs(2, batch=young), make_job(batch=old, state="dead"), make_job(batch=make_batch())}

    run = archived(wish())

    assert set(jobs()) == stays
    assert (run.state, run.rows, run.child_rows) == ("finished", 3, 0)
    assert run.raw_bytes > 0
    assert run.stored_bytes == StoredFile.objects.aggregate(Sum("size"))["size__sum"]


def test_chunks_are_bounded_and_go_on_where_the_last_one_ended() -> None:
    old_entries(25)
    old_entries(5, days=10)

    run = archived(wish(**AUDIT), limit=10)

    assert AuditEntry.objects.count() == 5
    assert (run.rows, run.chunks) == (25, 3)
    assert list(ArchivalSegment.objects.order_by("chunk").values_list("chunk", "rows")) == [(0, 10), (1, 10), (2, 5)]


def test_a_window_with_few_old_rows_ends_a_chunk_that_goes_on_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "WINDOW_ROWS", 4)
    for _ in range(3):
        old_entries(1)
        old_entries(3, days=1)

    run = archived(wish(**AUDIT))

    assert (run.rows, run.chunks) == (3, 4)


def test_a_copy_leaves_the_rows_and_the_next_one_takes_only_what_has_become_old() -> None:
    old_entries(4)
    before = texts("performance_auditentry")

    run = archived(wish("copy", **AUDIT))

    assert texts("performance_auditentry") == before
    assert run.rows == 4


def test_deleting_keeps_nothing() -> None:
    batch = ended_batch(days=40)
    ended_jobs(2, batch=batch)

    run = archived(wish("delete"))

    assert not jobs()
    assert (run.rows, run.stored_bytes) == (2, 0)
    assert not ArchivalSegment.objects.exists()


def test_a_condition_chooses_among_the_old_rows() -> None:
    old_entries(2)
    old_entries(1, outcome="refused", reason="No.")

    archived(wish(**AUDIT, condition="refused"))

    assert list(AuditEntry.objects.values_list("outcome", flat=True)) == ["done", "done"]


def test_who_named_a_row_that_goes_names_nobody() -> None:
    batch = ended_batch(days=40)
    (job,) = ended_jobs(1, batch=batch)
    call = make_paid_call(batch=batch, job=job)

    run = archived(wish())

    call.refresh_from_db()
    assert call.job_id is None
    assert {each.table: each.rows for each in run.segments.all()} == {
        "performance_job": 1,
        "performance_paidcall.job_id": 1,
    }
    assert PaidCall.objects.count() == 1


def test_children_go_along_and_are_counted() -> None:
    old_event(deliveries=2, attempts=3)

    run = archived(wish(target="webhook-events"))

    assert (run.rows, run.child_rows) == (1, 2 + 2 * 3)
    assert {each.table.removeprefix("performance_webhook"): each.rows for each in run.segments.all()} == {
        "event": 1,
        "delivery": 2,
        "attempt": 6,
    }


def test_an_archive_that_reads_back_otherwise_keeps_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    old_entries(3)
    run = started(wish(**AUDIT))
    whole = segments.read_into

    def damaged(cursor: object, table: str, **given: object) -> None:
        whole(cursor, table, **given)  # type: ignore[arg-type]
        with connection.cursor() as other:
            other.execute(f"UPDATE {table} SET action = 'other' WHERE id = (SELECT min(id) FROM {table})")

    monkeypatch.setattr(segments, "read_into", damaged)

    with pytest.raises(ArchiveDiffers):
        chunks.archive_chunk(run.pk, limit=100)

    assert AuditEntry.objects.count() == 3
    assert not StoredFile.objects.exists()


def test_the_checksum_doesnt_depend_on_the_order_of_rows() -> None:
    with connection.cursor() as cursor:
        table = make_table(cursor, "sums", [Column("n", "int"), Column("t", "text")])
        cursor.execute(f"INSERT INTO {table} VALUES (1, 'a'), (2, NULL), (3, '')")
        forth = checksum(cursor, table)
        cursor.execute(f"TRUNCATE {table}; INSERT INTO {table} VALUES (3, ''), (1, 'a'), (2, NULL)")
        back = checksum(cursor, table)
        cursor.execute(f"UPDATE {table} SET t = '' WHERE n = 2")

        assert forth == back
        assert checksum(cursor, table) != forth


@pytest.mark.parametrize(("limit", "took_s", "expected"), [(1000, 0.25, 2000), (1000, 5.0, 100), (100, 100.0, 50)])
def test_chunks_grow_and_shrink_with_the_time_they_take(limit: int, took_s: float, expected: int) -> None:
    assert chunks.next_limit(limit, took_s=took_s) == expected


def test_a_run_that_was_cancelled_goes_no_further() -> None:
    old_entries(20)
    run = started(wish(**AUDIT))
    chunks.archive_chunk(run.pk, limit=10)

    runs.cancel(run.pk, at=AT)
    done(run)

    assert (run.state, run.rows, AuditEntry.objects.count()) == ("cancelled", 10, 10)
    assert not ArchivalRun.objects.active().exists()

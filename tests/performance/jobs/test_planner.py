"""Claim, reaper and pump find their rows by the indexes that were made for them, among 50,000 others."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from performance.jobs import claims, control, kinds, ledger, progress, reaper, settlement
from performance.jobs.models import Batch, Job
from tests.performance.jobs.conftest import Scripted

# Without a test that says so there is no database of the tests.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def crowded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Batch]:
    """Built once: the tests only read. In a transaction that is undone at the end."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setitem(kinds._kinds, Scripted.name, Scripted())
        yield _crowd()
        transaction.set_rollback(True)


def _crowd() -> Batch:
    batches = [Scripted().submit(1) for _ in range(25)]
    with connection.cursor() as cursor:
        for batch in batches:
            cursor.execute(
                "INSERT INTO performance_job (batch_id, kind, subject_id, input, state, lease_until, finished_at)"
                " SELECT %s, 'test.scripted', 100 + n, '{}', CASE WHEN n <= 1950 THEN 'succeeded' WHEN n <= 1980"
                " THEN 'ready' ELSE 'leased' END, CASE WHEN n > 1980 THEN now() + n * interval '1 s' END, now()"
                " FROM generate_series(1, 2000) n",
                [batch.pk],
            )
        cursor.execute(
            "INSERT INTO performance_paidcall (key, generation, state, job_id, batch_id, fence, is_repeatable, purpose,"
            " model, error, estimate_micros, cost_micros, input_tokens, output_tokens, attempts, reserved_at,"
            " deadline_at) SELECT md5(id::text), 1, CASE WHEN id % 500 = 0 THEN 'sent' ELSE 'succeeded' END, id,"
            " batch_id, 1, false, '', '', '', 1, 1, 1, 1, 1, now(), now() FROM performance_job"
        )
        cursor.execute("ANALYZE performance_job, performance_paidcall")
    return batches[7]


def plan(statement: str, parameters: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement, parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_a_claim_reads_the_ready_jobs_of_its_batch_in_order(crowded: Batch) -> None:
    found = plan(claims.CLAIM, {"batch": crowded.pk, "limit": 100, "worker": "w", "lease": 60, "queues": "{}"})

    assert "Index Scan using job_ready" in found
    assert "Sort" not in found


def test_a_cancel_reads_the_ready_jobs_of_its_batch(crowded: Batch) -> None:
    """However many older ones there are of others."""
    found = plan(control._CANCEL_JOBS, [crowded.pk, control.CANCEL_CHUNK])

    assert "Index Scan using job_ready" in found
    assert "Sort" not in found


def test_the_reaper_reads_only_leases_that_ran_out(crowded: Batch) -> None:
    assert "job_leased" in plan(reaper.EXPIRED, [100])


def test_overdue_calls_are_found_by_their_deadline(crowded: Batch) -> None:
    assert "paidcall_sent" in plan(settlement.OVERDUE, [100])


def test_a_reply_finds_the_jobs_that_were_parked_for_it(crowded: Batch) -> None:
    assert "job_parked_key" in plan(settlement.UNPARK, [["a" * 64]])


def test_what_a_dead_holder_reserved_is_found_by_its_job(crowded: Batch) -> None:
    found = plan(ledger.UNRESERVE, [[1, 2, 3]])

    assert "Seq Scan" not in found


def test_the_speed_of_a_batch_is_counted_over_its_last_minute_alone(crowded: Batch) -> None:
    assert "job_lately" in plan(progress.PROGRESS, {"id": crowded.pk, "window": 60})


def test_what_went_wrong_in_a_batch_is_found_without_what_went_well(crowded: Batch) -> None:
    for found in (Job.objects.troubled(crowded.pk), Job.objects.stuck_in(crowded.pk)):
        assert "job_troubled" in found.explain()


def test_the_last_job_about_something_is_found_by_way_of_its_kind(crowded: Batch) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert Job.objects.latest_for("test.other", 7) is None

    found = plan(asked[0]["sql"], None)

    assert "job_batch_subject" in found

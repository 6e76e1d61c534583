"""A holder that stalled before T3 and lost its job spoils nothing for who took its call over."""

from dataclasses import replace

import pytest
from django.db import connection, transaction

from performance.jobs import batches, claims, ledger
from performance.jobs.asks import Ask, Bought
from performance.jobs.kinds import ClaimedJob, Retry
from performance.jobs.models import Batch, PaidCall
from performance.jobs.reaper import reap
from performance.jobs.runner.paying import failure
from performance.jobs.settlement import Settlement, settle
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import request_for

pytestmark = pytest.mark.django_db(transaction=True)


def claimed(batch: Batch, worker: str) -> ClaimedJob:
    (found,) = claims.claim(batch_id=batch.pk, params={}, limit=1, worker=worker)
    return found.job


def bought(job: ClaimedJob) -> int:
    (answer,) = ledger.reserve([Ask(request_for("x"), job.id, job.fence, job.batch_id)])
    assert isinstance(answer, Bought)
    return answer.call_id


def sent(call_id: int, job: ClaimedJob) -> bool:
    return ledger.mark_sent([(call_id, job, 30.0)]) == {call_id}


def reaped() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE performance_job SET lease_until = now() - interval '1 s' WHERE state = 'leased'")
    assert reap() == 1


def settled(*settlements: Settlement) -> None:
    with transaction.atomic():
        changes = batches.Changes()
        settle(settlements, changes=changes)
        batches.apply(changes)


def reply(call_id: int, job: ClaimedJob) -> Settlement:
    return Settlement(call_id, "succeeded", '{"n": 1}', 80, job_id=job.id, fence=job.fence)


def money(batch: Batch) -> tuple[int, int, int]:
    batch.refresh_from_db()
    return batch.spent_micros, batch.reserved_micros, batch.calls


def test_a_stalled_holder_cannot_send_a_call_that_another_job_took_over(kind: Scripted) -> None:
    stalled = claimed(kind.submit(1), "a")
    call_id = bought(stalled)
    reaped()
    other = claimed(kind.submit(1), "b")
    assert (bought(other), other.fence) == (call_id, stalled.fence)
    assert sent(call_id, other)

    assert not sent(call_id, stalled)


@pytest.mark.parametrize("is_sent", [False, True], ids=["failed", "unknown"])
def test_how_a_stalled_holder_ended_is_not_how_its_successors_call_did(kind: Scripted, is_sent: bool) -> None:
    batch = kind.submit(1)
    stalled = claimed(batch, "a")
    call_id = bought(stalled)
    reaped()
    successor = claimed(batch, "b")
    assert bought(successor) == call_id
    assert sent(call_id, successor)

    settled(failure(call_id, stalled, Retry("stalled"), is_sent=is_sent))
    assert PaidCall.objects.get(pk=call_id).state == "sent"
    settled(reply(call_id, successor))

    assert PaidCall.objects.get(pk=call_id).state == "succeeded"
    assert money(batch) == (80, 0, 1)


def test_a_holder_says_how_its_own_call_failed(kind: Scripted) -> None:
    batch = kind.submit(1)
    job = claimed(batch, "a")
    call_id = bought(job)

    settled(failure(call_id, job, Retry("refused"), is_sent=False))

    assert PaidCall.objects.get(pk=call_id).state == "failed"
    assert money(batch) == (0, 0, 0)


def test_what_was_paid_for_is_booked_and_kept_even_if_the_call_was_given_up(kind: Scripted) -> None:
    batch = kind.submit(1)
    job = claimed(batch, "a")
    call_id = bought(job)
    settled(failure(call_id, job, Retry("given up"), is_sent=False))

    settled(reply(call_id, replace(job, fence=7)))
    settled(reply(call_id, job))

    assert PaidCall.objects.get(pk=call_id).state == "succeeded"
    assert money(batch) == (80, 0, 1)


def test_of_a_failure_and_a_reply_in_one_flush_the_reply_counts(kind: Scripted) -> None:
    batch = kind.submit(1)
    job = claimed(batch, "a")
    call_id = bought(job)
    assert sent(call_id, job)

    settled(reply(call_id, job), failure(call_id, job, Retry("late"), is_sent=True))

    assert money(batch) == (80, 0, 1)

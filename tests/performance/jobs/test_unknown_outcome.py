from collections.abc import Callable

import pytest
from django.db import transaction

from performance.jobs import batches, control
from performance.jobs.kinds import CallUncertain
from performance.jobs.models import Batch, Job, PaidCall
from performance.jobs.settlement import Settlement, settle
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till, request_for

Work = Callable[[], None]


def late_reply(call: PaidCall, *, cost_micros: int = 80) -> None:
    with transaction.atomic():
        changes = batches.Changes()
        assert call.job_id is not None
        late = Settlement(call.pk, "succeeded", '{"bought": "late"}', cost_micros, job_id=call.job_id, fence=call.fence)
        settle([late], changes=changes)
        batches.apply(changes)


@pytest.fixture
def parked(kind: Scripted, work: Work) -> tuple[Till, Batch]:
    """A batch of two, one of which was cut off after sending."""
    till = Till()
    till.fails["1"] = [CallUncertain("cut off", code="cut_off")]
    kind.does = lambda job, calls: till.buy(str(job.subject_id), calls)
    batch = kind.submit(2)
    work()
    batch.refresh_from_db()
    return till, batch


def test_a_job_is_parked_and_its_call_booked_at_the_estimate(kind: Scripted, parked: tuple[Till, Batch]) -> None:
    _, batch = parked

    assert (batch.state, batch.parked, batch.succeeded) == ("finished", 1, 1)
    assert (batch.spent_micros, batch.reserved_micros, batch.calls) == (180, 0, 2)
    assert PaidCall.objects.get(state="unknown").key == request_for("1").key
    assert [(stuck.state, stuck.code) for stuck in kind.told_stuck] == [("parked", "cut_off")]


def test_a_late_reply_unparks_the_job_and_costs_what_it_cost(
    kind: Scripted, parked: tuple[Till, Batch], work: Work
) -> None:
    till, batch = parked
    late_reply(PaidCall.objects.get(state="unknown"))

    batch.refresh_from_db()
    assert (batch.state, batch.parked, batch.spent_micros) == ("running", 0, 160)
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.succeeded, batch.spent_micros, till.charges["1"]) == ("finished", 2, 160, 0)
    assert kind.stored[-1].result.response == {"bought": "late"}


def test_a_late_reply_opens_no_cancelled_batch_again(kind: Scripted, parked: tuple[Till, Batch], work: Work) -> None:
    till, batch = parked
    Batch.objects.filter(pk=batch.pk).update(state="cancelled", cancel_requested_at=batch.created_at)
    late_reply(PaidCall.objects.get(state="unknown"))

    batch.refresh_from_db()
    assert (batch.state, batch.parked, batch.spent_micros) == ("cancelled", 1, 160)
    assert control.retry_parked(batch.pk) == 1
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.succeeded, batch.spent_micros, till.charges["1"]) == ("finished", 2, 160, 0)


def test_a_reply_settled_twice_counts_once(parked: tuple[Till, Batch]) -> None:
    _, batch = parked
    call = PaidCall.objects.get(state="unknown")

    late_reply(call)
    late_reply(call)

    batch.refresh_from_db()
    assert (batch.spent_micros, batch.calls, batch.parked) == (160, 2, 0)


def test_retrying_parked_jobs_buys_the_next_generation(parked: tuple[Till, Batch], work: Work) -> None:
    till, batch = parked

    assert control.retry_parked(batch.pk) == 1
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.succeeded, batch.spent_micros) == ("finished", 2, 260)
    bought = PaidCall.objects.filter(key=request_for("1").key).order_by("generation")
    assert list(bought.values_list("generation", "state")) == [(1, "unknown"), (2, "succeeded")]
    assert till.charges["1"] == 1


def test_without_a_wish_to_repeat_it_another_batch_parks_too(
    kind: Scripted, parked: tuple[Till, Batch], work: Work
) -> None:
    till, _ = parked
    other = kind.submit(1)
    work()

    other.refresh_from_db()
    assert (other.parked, other.spent_micros, till.charges["1"]) == (1, 0, 0)
    assert Job.objects.get(batch=other).error_code == "unknown"


def test_under_retry_every_unknown_attempt_is_booked(kind: Scripted, work: Work) -> None:
    till = Till()
    till.fails["1"] = [CallUncertain("cut off"), CallUncertain("cut off")]
    kind.does = lambda job, calls: till.buy("1", calls)
    batch = kind.submit(1, on_unknown="retry")
    work()

    batch.refresh_from_db()
    assert (batch.succeeded, batch.parked, batch.spent_micros, batch.calls) == (1, 0, 280, 3)


def test_a_call_without_an_answer_in_time_is_unknown(kind: Scripted, work: Work) -> None:
    till = Till(takes_s=30)
    kind.does = lambda job, calls: till.buy("1", calls, request=request_for("1", timeout_s=0.2))
    batch = kind.submit(1)
    work()

    batch.refresh_from_db()
    assert (batch.parked, Job.objects.get().error_code) == (1, "timeout")

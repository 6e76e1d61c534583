import asyncio
from collections.abc import Callable

import pytest

from performance.jobs import control
from performance.jobs.errors import BatchNotFound, OutOfRange, WrongState
from performance.jobs.kinds import CallFailed, Calls, ClaimedJob, Gate, PauseBatch
from performance.jobs.models import Batch, Job, PaidCall
from performance.jobs.pump import carry_out_cancels
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till, request_for

Work = Callable[[], None]


def in_the_middle(batch: Batch, act: Callable[[], object]) -> Callable[[ClaimedJob, Calls], object]:
    """A run that lets `act` happen, in another thread, when the third job is under way."""

    async def run(job: ClaimedJob, calls: Calls) -> None:
        if job.subject_id == 3:
            await asyncio.to_thread(act)
        await asyncio.sleep(0.05)

    return run


def test_a_pause_in_mid_flight_finishes_what_is_under_way_and_no_more(kind: Scripted, work: Work) -> None:
    batch = kind.submit(200, concurrency=4)
    kind.does = in_the_middle(batch, lambda: control.pause(batch.pk, reason="lunch"))  # type: ignore[assignment]
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.pause_code, batch.pause_reason) == ("paused", "person", "lunch")
    assert 4 <= batch.succeeded < 200
    assert Job.objects.filter(state="ready", attempts=0).count() == 200 - batch.succeeded

    assert control.resume(batch.pk) is True
    assert control.resume(batch.pk) is False
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.succeeded) == ("finished", 200)


def test_a_cancel_in_mid_flight_keeps_what_is_done(kind: Scripted, work: Work) -> None:
    batch = kind.submit(200, concurrency=4)
    kind.does = in_the_middle(batch, lambda: control.cancel(batch.pk))  # type: ignore[assignment]
    work()
    carry_out_cancels()

    batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert batch.succeeded >= 4
    assert batch.succeeded + batch.cancelled == 200


def test_a_call_that_waits_at_the_gate_of_a_paused_batch_is_not_sent(kind: Scripted, work: Work) -> None:
    till = Till()
    batch = kind.submit(1)

    class Busy(Gate):
        async def __aenter__(self) -> None:
            await asyncio.to_thread(control.pause, batch.pk, reason="now")

        async def __aexit__(self, *_: object) -> None: ...

    kind.does = lambda job, calls: calls.once(request_for("x"), lambda: till._sell("x"), gate=Busy())
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.spent_micros, batch.reserved_micros, till.charges.total()) == ("paused", 0, 0, 0)
    assert PaidCall.objects.get().state == "failed"
    assert list(Job.objects.values_list("state", "attempts")) == [("ready", 0)]


@pytest.mark.parametrize(
    "error", [PauseBatch("refused key", code="auth"), CallFailed("refused key", code="auth", pauses_batch=True)]
)
def test_what_no_job_can_pass_pauses_the_batch_and_says_why(kind: Scripted, work: Work, error: Exception) -> None:
    till = Till()
    till.fails["x"] = [error]
    kind.does = lambda job, calls: till.buy("x", calls)
    batch = kind.submit(1)
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.pause_code, batch.pause_reason) == ("paused", "auth", "refused key")
    assert list(Job.objects.values_list("state", "attempts")) == [("ready", 0)]
    assert (batch.reserved_micros, batch.spent_micros) == (0, 0)


def test_a_cancel_whose_process_died_is_carried_out_by_the_pump(kind: Scripted, db: None) -> None:
    batch = kind.submit(3)
    Batch.objects.filter(pk=batch.pk).update(cancel_requested_at="2026-01-01T00:00Z")

    carry_out_cancels()

    batch.refresh_from_db()
    assert (batch.state, batch.cancelled) == ("cancelled", 3)


def test_what_is_over_can_be_neither_paused_nor_cancelled(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    control.cancel(batch.pk)

    for act in (lambda: control.pause(batch.pk, reason=""), lambda: control.cancel(batch.pk)):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(WrongState):
        control.resume(batch.pk)
    with pytest.raises(BatchNotFound):
        control.cancel(batch.pk + 1)


def test_a_budget_below_what_is_spent_is_refused(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    Batch.objects.update(state="paused", spent_micros=10)

    with pytest.raises(OutOfRange):
        control.resume(batch.pk, budget_micros=9)

    batch.refresh_from_db()
    assert batch.state == "paused"


def test_a_budget_beyond_all_bounds_is_refused(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    Batch.objects.update(state="paused")

    with pytest.raises(OutOfRange, match=r"above \$1,000,000"):
        control.resume(batch.pk, budget_micros=10**36)

    batch.refresh_from_db()
    assert batch.state == "paused"

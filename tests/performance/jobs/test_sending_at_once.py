"""T2 and T3 as one: what needn't wait at a gate is reserved and stored as sent by one commit."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from performance.jobs import claims, control, ledger
from performance.jobs.asks import Ask, Bought, Refusal
from performance.jobs.kinds import Calls, ClaimedJob, Gate
from performance.jobs.models import Batch, PaidCall
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till, request_for

Work = Callable[[], None]


class Queue(Gate):
    """Has everybody wait, and counts who is inside."""

    def __init__(self, *, lets_in: bool) -> None:
        self.lets_in = lets_in
        self.inside = 0
        self.entered = 0

    def enter_at_once(self) -> bool:
        self.inside += self.lets_in
        self.entered += self.lets_in
        return self.lets_in

    async def __aenter__(self) -> None:
        if not self.lets_in:
            self.inside += 1
            self.entered += 1

    async def __aexit__(self, *_: object) -> None:
        self.inside -= 1


def held(batch: Batch, *, count: int = 1) -> list[ClaimedJob]:
    return [each.job for each in claims.claim(batch_id=batch.pk, params={}, limit=count, worker="runner:h:1:a")]


def ask_of(job: ClaimedJob, *, name: str = "x") -> Ask:
    return Ask(request_for(name), job.id, job.fence, job.batch_id, sends_at_once=True)


def test_one_transaction_reserves_and_sends(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)

    (answer,) = ledger.reserve([ask_of(*held(batch))])

    call = PaidCall.objects.get()
    assert answer == Bought(call.pk, is_sent=True)
    assert (call.state, call.attempts) == ("sent", 1)
    assert call.sent_at is not None
    assert call.deadline_at is not None
    assert (call.deadline_at - call.sent_at).total_seconds() == 5.0 + ledger.DEADLINE_GRACE_S
    batch.refresh_from_db()
    assert batch.reserved_micros == 100


def test_a_failed_call_is_taken_over_as_sent(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    (job,) = held(batch)
    ledger.reserve([ask_of(job)])
    PaidCall.objects.update(state="failed")

    (answer,) = ledger.reserve([ask_of(job)])

    call = PaidCall.objects.get()
    assert answer == Bought(call.pk, is_sent=True)
    assert (call.state, call.attempts, call.finished_at) == ("sent", 2, None)


def test_what_the_budget_refuses_was_never_sent(kind: Scripted, db: None) -> None:
    batch = kind.submit(1, budget_micros=99)

    assert ledger.reserve([ask_of(*held(batch))]) == [Refusal.BUDGET]

    assert not PaidCall.objects.exists()


def test_a_call_taken_over_without_money_is_failed_as_it_was(kind: Scripted, db: None) -> None:
    batch = kind.submit(1, budget_micros=100)
    (job,) = held(batch)
    ledger.reserve([ask_of(job)])
    PaidCall.objects.update(state="failed")

    assert ledger.reserve([ask_of(job)]) == [Refusal.BUDGET_IN_FLIGHT]

    call = PaidCall.objects.get()
    assert (call.state, call.attempts, call.sent_at, call.deadline_at) == ("failed", 1, None, None)


def test_of_a_paused_batch_and_of_a_lost_job_nothing_is_sent(kind: Scripted, db: None) -> None:
    batch = kind.submit(2)
    one, other = held(batch, count=2)

    assert ledger.reserve([replace(ask_of(other), fence=other.fence + 1)]) == [Refusal.LOST]
    control.pause(batch.pk, reason="now")
    assert ledger.reserve([ask_of(one)]) == [Refusal.HALTED]

    assert not PaidCall.objects.exists()


def test_repeated_after_a_lost_commit_answer_it_asks_again_before_it_sends(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    (job,) = held(batch)
    (first,) = ledger.reserve([ask_of(job)])
    assert isinstance(first, Bought)

    (second,) = ledger.reserve([ask_of(job)])

    assert second == Bought(first.call_id, is_sent=False)
    assert ledger.mark_sent([(first.call_id, job, 5.0)]) == {first.call_id}
    batch.refresh_from_db()
    assert batch.reserved_micros == 100


@pytest.mark.parametrize("lets_in", [True, False])
def test_a_place_is_held_while_a_call_is_under_way_and_given_back_for_an_answer_of_the_ledger(
    kind: Scripted, work: Work, lets_in: bool
) -> None:
    till, gate = Till(), Queue(lets_in=lets_in)
    seen: list[int] = []

    async def sell() -> object:
        seen.append(gate.inside)
        return await till._sell("x")

    kind.does = lambda job, calls: calls.once(request_for("x"), sell, gate=gate)  # type: ignore[arg-type]  # a reply
    kind.submit(1)
    work()
    kind.submit(1)
    work()

    assert (till.charges["x"], seen, gate.inside) == (1, [1], 0)
    assert gate.entered == (2 if lets_in else 1)


def test_what_is_stopped_while_it_is_stored_as_sent_was_never_sent(kind: Scripted, work: Work) -> None:
    till = Till()

    async def stop_amid(job: ClaimedJob, calls: Calls) -> None:
        buying = asyncio.ensure_future(till.buy("x", calls))
        # The wish, the chunk that takes it along, the database's thread: a few turns of the loop, and no answer yet.
        for _ in range(10):
            await asyncio.sleep(0)
        buying.cancel()
        # The job must still be held when its call is stored.
        while not await asyncio.to_thread(PaidCall.objects.exists):
            await asyncio.sleep(0.01)

    kind.does = stop_amid
    batch = kind.submit(1)
    work()

    batch.refresh_from_db()
    assert (till.charges.total(), batch.reserved_micros, batch.spent_micros) == (0, 0, 0)
    assert PaidCall.objects.get().state == "failed"

import pytest

from performance.jobs.batches import slot_shares
from performance.jobs.models import Batch, Priority, RunnerSlot
from performance.jobs.shares import Want, fair_shares
from performance.jobs.slots import keep, take
from tests.performance.jobs.conftest import Scripted


@pytest.mark.parametrize(
    ("wants", "capacity", "shares"),
    [
        ([(6, 100)], 1000, [100]),
        ([(6, 500), (6, 500)], 500, [250, 250]),
        ([(6, 10), (6, 500)], 500, [10, 490]),
        ([(0, 500), (6, 500)], 500, [400, 100]),
        ([(0, 500), (3, 500), (6, 500), (9, 500)], 150, [80, 40, 20, 10]),
        ([(6, 5), (6, 5), (6, 5)], 2, [1, 1, 0]),
        ([], 10, []),
    ],
)
def test_shares_go_by_weight_and_none_is_wasted(wants: list[tuple[int, int]], capacity: int, shares: list[int]) -> None:
    asked = [Want(number, priority, amount) for number, (priority, amount) in enumerate(wants)]

    assert list(fair_shares(asked, capacity=capacity).values()) == shares


@pytest.mark.parametrize(("concurrency", "shares"), [(1, [1]), (500, [500]), (501, [251, 250]), (1000, [500, 500])])
def test_a_batch_has_a_slot_for_every_500_in_flight(concurrency: int, shares: list[int]) -> None:
    assert list(slot_shares(concurrency)) == shares


def test_one_runner_holds_a_slot_at_a_time(kind: Scripted, db: None) -> None:
    kind.submit(30, concurrency=10)

    (seat,) = take(holder="a", kinds=[kind.name], held=0)

    assert (seat.granted, seat.slot.kind) == (10, kind.name)
    assert take(holder="b", kinds=[kind.name], held=0) == []


def test_a_second_slot_is_left_to_another_runner_for_a_second(kind: Scripted, db: None) -> None:
    kind.submit(1000, concurrency=1000)

    assert [seat.granted for seat in take(holder="a", kinds=[kind.name], held=0)] == [500]
    assert [seat.granted for seat in take(holder="b", kinds=[kind.name], held=0)] == [500]


def test_a_slot_whose_holder_died_is_free_when_its_lease_is_over(kind: Scripted, db: None) -> None:
    kind.submit(5)
    take(holder="a", kinds=[kind.name], held=0)
    RunnerSlot.objects.update(lease_until="2020-01-01T00:00Z")

    (seat,) = take(holder="b", kinds=[kind.name], held=0)

    assert keep(holder="a", in_flight={seat.slot.id: 3}) == {}
    assert keep(holder="b", in_flight={seat.slot.id: 0}) == {seat.slot.id: 5}


def test_the_installations_limit_is_kept_and_handed_over_to_the_urgent(
    kind: Scripted, db: None, settings: pytest.FixtureRequest
) -> None:
    settings.JOB_MAX_IN_FLIGHT = 50  # type: ignore[attr-defined]
    kind.submit(200, concurrency=50, priority=Priority.NORMAL)
    (slow,) = take(holder="a", kinds=[kind.name], held=0)
    kind.submit(200, concurrency=50, priority=Priority.URGENT)

    assert slow.granted == 50
    assert take(holder="b", kinds=[kind.name], held=0) == []
    # It never has less than is in flight; as that drains the grant falls to its fair fifth.
    assert keep(holder="a", in_flight={slow.slot.id: 30}) == {slow.slot.id: 30}
    (urgent,) = take(holder="b", kinds=[kind.name], held=0)
    assert urgent.granted == 20
    assert keep(holder="a", in_flight={slow.slot.id: 5}) == {slow.slot.id: 10}
    assert keep(holder="b", in_flight={urgent.slot.id: 20}) == {urgent.slot.id: 40}


def test_the_slot_of_a_paused_batch_is_lost(kind: Scripted, db: None) -> None:
    batch = kind.submit(5)
    (seat,) = take(holder="a", kinds=[kind.name], held=0)
    Batch.objects.filter(pk=batch.pk).update(state="paused")

    assert keep(holder="a", in_flight={seat.slot.id: 1}) == {}

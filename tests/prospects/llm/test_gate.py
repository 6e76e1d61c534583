"""Who passes the gate at once: only where concurrency is all that limits, so that a place is given back whole."""

import asyncio
import time

from prospects.llm.breaker import OPENS_AFTER, Breaker
from prospects.llm.gate import Gate, Permit
from prospects.llm.pace import Pace


def gate(*, most: int = 2) -> Gate:
    return Gate(Pace(most=most), Breaker(), pause_after_s=60.0)


async def _leave(permit: Permit) -> None:
    async with permit:
        pass


def test_a_free_place_is_taken_at_once_and_given_back() -> None:
    free = gate(most=1)
    permit = free.permit(10)

    assert permit.enter_at_once()
    assert free.pace.in_flight == 1
    assert not free.permit(10).enter_at_once()

    asyncio.run(_leave(permit))
    assert free.pace.in_flight == 0
    assert free.permit(10).enter_at_once()


def test_a_known_rate_has_its_turns_waited_for() -> None:
    paced = gate()
    paced.pace.remember("requests", 1000.0, time.monotonic())

    assert not paced.permit(10).enter_at_once()
    assert paced.pace.in_flight == 0


def test_an_open_breaker_is_left_its_probes() -> None:
    broken = gate()
    for _ in range(OPENS_AFTER):
        broken.failed("down")

    assert not broken.permit(10).enter_at_once()
    assert broken.pace.in_flight == 0


def test_nobody_passes_those_who_wait() -> None:
    async def crowd() -> bool:
        narrow = gate(most=1)
        first, second = narrow.permit(1), narrow.permit(1)
        assert first.enter_at_once()
        waiting = asyncio.ensure_future(_leave(second))
        await asyncio.sleep(0)
        narrow.pace.in_flight = 0
        passed = narrow.permit(1).enter_at_once()
        narrow.pace.in_flight = 1
        narrow.leave()
        await waiting
        return passed

    assert asyncio.run(crowd()) is False

"""An endpoint that keeps failing is left alone but for probes, and used again within a second of its recovery."""

import asyncio
import time

import pytest

from performance.jobs.kinds import CallFailed, JobError, PauseBatch
from prospects.llm.breaker import LONGEST_PROBE_S, OPENS_AFTER, Breaker
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.lane import Lane
from tests.prospects.llm.conftest import MemoryLedger, on_lane, question
from tests.servers.openai_server import RunningServer


def opened(at: float = 100.0) -> Breaker:
    breaker = Breaker()
    for _ in range(OPENS_AFTER):
        breaker.failed("refused", at)
    return breaker


def test_it_opens_after_five_failures_in_a_row_and_only_then() -> None:
    breaker = Breaker()

    openings = [breaker.failed("refused", 100.0) for _ in range(OPENS_AFTER + 1)]

    assert openings == [False] * (OPENS_AFTER - 1) + [True, False]


def test_a_success_in_between_keeps_it_closed() -> None:
    breaker = Breaker()
    for _ in range(3):
        for _ in range(OPENS_AFTER - 1):
            breaker.failed("refused", 100.0)
        breaker.succeeded()

    assert not breaker.is_open


def test_while_open_one_probe_goes_at_growing_intervals_of_at_most_a_second() -> None:
    breaker = opened(at=100.0)
    now, probes = 100.0, []
    while len(probes) < 5:
        wait_s = breaker.wait_s(now)
        probes.append(wait_s)
        now += wait_s
        breaker.start(now)

    assert probes[:3] == pytest.approx([0.25, 0.25, 0.5])
    assert max(probes) == LONGEST_PROBE_S


def test_a_success_closes_it_and_all_may_go() -> None:
    breaker = opened()

    assert breaker.succeeded()
    assert breaker.wait_s(100.0) == 0.0
    assert not breaker.succeeded()


async def until_answered(lane: Lane, request, ledger: MemoryLedger) -> list[JobError]:  # type: ignore[no-untyped-def]
    """Work a job as the engine does: again after each failure. What was raised on the way."""
    raised: list[JobError] = []
    while True:
        try:
            await lane.complete(request, calls=ledger)
        except CallFailed as error:
            if error.pauses_batch:
                raise
            raised.append(error)
            await asyncio.sleep(0.02)
        else:
            return raised


def test_after_an_outage_work_is_done_within_two_seconds_and_no_attempt_was_burnt(
    server: RunningServer, endpoint: EndpointConfig
) -> None:
    outage_s = 2.0

    async def work(lane: Lane) -> tuple[list[JobError], float]:
        await asyncio.to_thread(server.control, outage_s=outage_s)
        await asyncio.sleep(0.2)
        ends = time.monotonic() + outage_s
        jobs = (until_answered(lane, question(endpoint, str(n)), MemoryLedger()) for n in range(50))
        raised = [error for errors in await asyncio.gather(*jobs) for error in errors]
        return raised, time.monotonic() - ends

    raised, recovery_s = on_lane(endpoint, work)

    assert recovery_s < 2.0
    assert not any(error.consumes_attempt for error in raised if isinstance(error, CallFailed))
    # Fifty may fail before the breaker opens; then only probes do, not fifty jobs again and again.
    assert len(raised) < 50 + 10
    assert server.ledger()["charges"] == 50


def test_server_errors_in_a_row_cost_one_attempt_in_all(server: RunningServer, endpoint: EndpointConfig) -> None:
    server.control(outage_s=1.0, outage_mode="error")

    raised = on_lane(endpoint, lambda lane: until_answered(lane, question(endpoint), MemoryLedger()))

    costs = [error.consumes_attempt for error in raised if isinstance(error, CallFailed)]
    assert costs == [True] + [False] * (len(costs) - 1)
    assert len(costs) > OPENS_AFTER


def test_a_breaker_that_stays_open_pauses_the_batch_and_says_why(endpoint: EndpointConfig) -> None:
    dead = EndpointConfig("http://127.0.0.1:9/v1", "gpt-5-mini", "sk")

    async def work(lane: Lane) -> list[BaseException | None]:
        jobs = (until_answered(lane, question(dead, str(n)), MemoryLedger()) for n in range(20))
        return await asyncio.gather(*jobs, return_exceptions=True)  # type: ignore[return-value]

    ended = on_lane(dead, work, pause_after_s=1.0)

    assert {error.code for error in ended if isinstance(error, JobError)} == {"endpoint_down"}
    assert sum(isinstance(error, PauseBatch) for error in ended) == 19
    for error in ended:
        assert isinstance(error, PauseBatch) or (isinstance(error, CallFailed) and error.pauses_batch)
        assert "http://127.0.0.1:9/v1 can't be reached" in str(error.reason)


def test_other_refusals_show_that_the_endpoint_lives(server: RunningServer, endpoint: EndpointConfig) -> None:
    server.control(faults={"rate_limited": 1.0}, retry_after=0.01)

    async def work(lane: Lane) -> bool:
        for n in range(OPENS_AFTER + 1):
            with pytest.raises(CallFailed):
                await lane.complete(question(endpoint, str(n)), calls=MemoryLedger())
        return lane.gate.breaker.is_open

    assert not on_lane(endpoint, work)


async def asked_until_it_pauses(lane: Lane, *, seconds: float) -> float | None:
    """When its batch was paused, in seconds; None if it wasn't by then."""
    started = time.monotonic()
    while (passed := time.monotonic() - started) < seconds:
        try:
            await lane.buy(question(lane.endpoint), calls=MemoryLedger())
        except PauseBatch:
            return passed
        except JobError as error:
            if error.pauses_batch:
                return passed
        await asyncio.sleep(0.05)
    return None


def test_an_endpoint_that_never_answered_pauses_its_batch_in_a_few_seconds() -> None:
    nowhere = EndpointConfig("http://127.0.0.1:9/v1", "gpt-5-mini")

    paused_s = on_lane(nowhere, lambda lane: asked_until_it_pauses(lane, seconds=10), has_answered=False)

    assert paused_s is not None
    assert 2 < paused_s < 6


def test_one_that_has_answered_is_given_its_time() -> None:
    nowhere = EndpointConfig("http://127.0.0.1:9/v1", "gpt-5-mini")

    assert on_lane(nowhere, lambda lane: asked_until_it_pauses(lane, seconds=5), has_answered=True) is None

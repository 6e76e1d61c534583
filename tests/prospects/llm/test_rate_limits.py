"""A server that allows so many requests a second is hardly ever asked too often.

That its rate is used in full is shown in test_a_rate_is_used_in_full, by a clock that no busy machine slows down.
"""

import asyncio
import time
from itertools import count

from performance.jobs.kinds import CallFailed
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.lane import Lane
from tests.prospects.llm.conftest import MemoryLedger, on_lane, question
from tests.servers.openai_server import RunningServer

RATE = 40.0
LATENCY_S = 1.0
WARM_UP_S = 3
MEASURED_S = 3


async def keep_asking(lane: Lane, endpoint: EndpointConfig, *, jobs: int) -> None:
    """`jobs` at a time, for as long as the test lasts."""
    numbers = count()
    until = time.monotonic() + WARM_UP_S + MEASURED_S

    async def one_after_another() -> None:
        while time.monotonic() < until:
            try:
                await lane.complete(question(endpoint, str(next(numbers))), calls=MemoryLedger())
            except CallFailed as error:
                await asyncio.sleep(error.after_s or 0)

    await asyncio.gather(*(one_after_another() for _ in range(jobs)))


def test_hardly_anything_is_refused_after_the_warm_up(server: RunningServer, endpoint: EndpointConfig) -> None:
    server.control(rate=RATE, latency=LATENCY_S)

    on_lane(endpoint, lambda lane: keep_asking(lane, endpoint, jobs=100))

    timeline = server.ledger()["timeline"]
    seconds = [timeline.get(str(second), [0, 0]) for second in range(WARM_UP_S, WARM_UP_S + MEASURED_S)]
    accepted, refused = (sum(column) for column in zip(*seconds, strict=True))
    assert accepted > 0
    assert refused / (accepted + refused) < 0.05


def test_a_limit_on_tokens_is_kept_as_well(server: RunningServer, endpoint: EndpointConfig) -> None:
    server.control(tokens_per_s=30_000.0)

    async def work(lane: Lane) -> dict[str, float]:
        for n in range(3):
            await lane.complete(question(endpoint, str(n)), calls=MemoryLedger())
        return lane.gate.pace.rates

    # Of a window that is hardly used no rate can be told, and none is needed.
    assert on_lane(endpoint, work) == {}

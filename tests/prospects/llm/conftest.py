"""A real server in its own process, a lane to it, and a ledger in memory that keeps the promise of `Calls`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from performance.jobs.kinds import PaidRequest, Reply, Send
from prospects.llm.breaker import Breaker
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.gate import Gate
from prospects.llm.lane import Lane
from prospects.llm.openai_transport import OpenAITransport
from prospects.llm.pace import Pace
from prospects.llm.prices import built_in_price
from prospects.llm.requests import ChatRequest, Dialect
from prospects.prompts import render, schema_for
from prospects.prompts.content import built_in
from prospects.qualification.rules.evidence import Document
from tests.servers.openai_behaviour import Options
from tests.servers.openai_server import RunningServer, running_openai_server

T = TypeVar("T")
KEY = "sk-right"
CRITERIA = ["industry-food", "employees", "region"]
DOCUMENTS = [Document("file:description", "We freeze peas in Peoria, Illinois."), Document("file:employees", "201-500")]


class MemoryLedger:
    """`Calls` of one job: pays for a key once, whatever the order of those who want it."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.paid: list[PaidRequest] = []

    async def once(
        self, request: PaidRequest, send: Send, *, gate: AbstractAsyncContextManager[object] | None = None
    ) -> Reply:
        if known := self.replies.get(request.key):
            return replace(known, is_from_ledger=True, cost_micros=0)
        assert gate is not None
        async with gate:
            self.paid.append(request)
            self.replies[request.key] = await send()
        return self.replies[request.key]


@pytest.fixture(scope="session")
def _session_server() -> Iterator[RunningServer]:
    with running_openai_server() as running:
        yield running


@pytest.fixture
def server(_session_server: RunningServer) -> RunningServer:
    """The session's server as new: no faults, no delay, an empty ledger."""
    _session_server.control(reset=True, **{**Options().as_json(), "key": KEY})
    return _session_server


@pytest.fixture
def endpoint(server: RunningServer) -> EndpointConfig:
    return EndpointConfig(server.base_url, "gpt-5-mini", KEY, timeout_s=5.0)


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


def question(endpoint: EndpointConfig, name: str = "Frosty", **changes: Any) -> ChatRequest:
    """What the qualifier asks of one company."""
    prompt = built_in("qualify")
    criteria = "\n".join(f"- {key}" for key in CRITERIA)
    request = ChatRequest(
        endpoint=endpoint,
        messages=render(prompt, profile=f"Food makers like {name}", criteria=criteria, documents=DOCUMENTS),
        schema_name="qualification",
        schema=schema_for(prompt, CRITERIA),
        max_output_tokens=800,
        purpose="qualify",
    )
    return replace(request, **changes)


@asynccontextmanager
async def lane_to(
    endpoint: EndpointConfig, *, most: int = 1000, pause_after_s: float = 60.0, has_answered: bool = True
) -> AsyncIterator[Lane]:
    """A lane that remembers nothing and has nothing to write to; `changes` gathers what it would have written."""
    lane = Lane(
        endpoint=endpoint,
        model=endpoint.model,
        price=built_in_price(endpoint.model),
        dialect=Dialect(),
        gate=Gate(Pace(most=most), Breaker(), pause_after_s=pause_after_s, has_answered=has_answered),
        transport=OpenAITransport(endpoint),
        changed=lambda _: None,
    )
    try:
        yield lane
    finally:
        await lane.transport.close()


def on_lane(endpoint: EndpointConfig, work: Callable[[Lane], Awaitable[T]], **options: Any) -> T:
    """Run `work` with a lane of its own, in a loop of its own."""

    async def run() -> T:
        async with lane_to(endpoint, **options) as lane:
            return await work(lane)

    return asyncio.run(run())

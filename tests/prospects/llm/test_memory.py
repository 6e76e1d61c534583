"""What is learnt of an endpoint outlives the loop and the process."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from performance.jobs.kinds import CallFailed
from prospects.llm import gateway
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.gateway import Gateway, gateway_for_loop
from prospects.llm.models import Endpoint, ModelPrice
from tests.prospects.llm.conftest import MemoryLedger, question
from tests.servers.openai_server import RunningServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    """Forget what this process has learnt, as a new one would know nothing."""
    gateway._learnt.clear()
    yield
    gateway._learnt.clear()


def ask(endpoint: EndpointConfig, *names: str) -> list[object]:
    """Ask one after another in a loop of its own; answers and errors."""

    async def run() -> list[object]:
        results: list[object] = []
        async with Gateway() as own:
            for name in names:
                try:
                    results.append(await own.complete(question(endpoint, name), calls=MemoryLedger()))
                except CallFailed as error:
                    results.append(error)
        return results

    return asyncio.run(run())


def row() -> Endpoint:
    return Endpoint.objects.get()


def test_a_pair_gets_a_row_on_its_first_use(endpoint: EndpointConfig) -> None:
    ask(endpoint, "A")

    assert (row().base_url, row().model) == (endpoint.base_url, "gpt-5-mini")
    assert (row().breaker, row().is_strict, row().supports_schema) == ("closed", False, True)


def test_an_open_breaker_is_written_and_a_new_process_probes_before_all_else(
    server: RunningServer, endpoint: EndpointConfig
) -> None:
    server.control(outage_s=1.2)
    asyncio.run(asyncio.sleep(0.1))
    ask(endpoint, *"ABCDE")
    written = row()

    gateway._learnt.clear()
    asyncio.run(asyncio.sleep(1.2))
    (answer,) = ask(endpoint, "F")

    assert written.breaker == "open"
    assert written.opened_at is not None
    assert "can't be reached" in written.reason
    assert not isinstance(answer, CallFailed)
    assert (row().breaker, row().opened_at, row().failures) == ("closed", None, 0)


def test_an_endpoint_that_has_been_down_for_long_pauses_a_resumed_batch_at_its_first_failure() -> None:
    Endpoint.objects.create(
        base_url="http://127.0.0.1:9/v1",
        model="gpt-5-mini",
        breaker="open",
        opened_at=timezone.now() - timedelta(hours=1),
        failures=9,
    )

    (error,) = ask(EndpointConfig("http://127.0.0.1:9/v1", "gpt-5-mini"), "A")

    assert isinstance(error, CallFailed)
    assert error.pauses_batch


def test_a_server_without_schemas_is_known_in_the_next_process(server: RunningServer, endpoint: EndpointConfig) -> None:
    server.control(no_schema=True)
    ask(endpoint, "A")

    gateway._learnt.clear()
    ask(endpoint, "B")

    assert not row().supports_schema
    assert server.ledger()["refused"] == {"400": 1}


def test_a_rate_is_known_in_the_next_process(server: RunningServer, endpoint: EndpointConfig) -> None:
    server.control(rate=5.0)

    async def all_at_once() -> None:
        async with Gateway() as own:
            calls = (own.complete(question(endpoint, str(n)), calls=MemoryLedger()) for n in range(8))
            await asyncio.gather(*calls, return_exceptions=True)

    asyncio.run(all_at_once())
    refused = server.ledger()["refused"]["429"]
    gateway._learnt.clear()
    asyncio.run(asyncio.sleep(1.2))
    asyncio.run(all_at_once())

    assert row().is_strict
    assert row().requests_per_minute == pytest.approx(300, rel=0.15)
    assert server.ledger()["refused"]["429"] == refused


def test_a_price_that_is_set_counts_from_the_next_loop_on(endpoint: EndpointConfig) -> None:
    (first,) = ask(endpoint, "A")
    ModelPrice.objects.create(model="gpt-5-mini", input_micros_per_million=0, output_micros_per_million=0)

    (second,) = ask(endpoint, "B")

    assert first.reply.cost_micros > 0  # type: ignore[attr-defined]
    assert second.reply.cost_micros == 0  # type: ignore[attr-defined]


def test_a_loops_gateway_is_one_and_is_closed_with_the_loop(endpoint: EndpointConfig) -> None:
    async def run() -> Gateway:
        own = gateway_for_loop()
        assert gateway_for_loop() is own
        await own.complete(question(endpoint), calls=MemoryLedger())
        return own

    closed = asyncio.run(run())

    assert not gateway._gateways
    assert not closed._transports

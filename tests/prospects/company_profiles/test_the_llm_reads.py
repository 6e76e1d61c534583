"""The LLM is asked through the ledger for what is missing; what can't be had is said, and rules stand."""

import asyncio

import orjson
import pytest

from performance.jobs.kinds import CallFailed, GiveUp, JobError, PauseBatch, Retry
from prospects.company_profiles.reading import PROMPT, REPAIR, Reader, degradation, read_by_llm
from prospects.extraction.found import Asked, Value
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.gateway import gateway_for_loop
from prospects.prompts import services as prompts
from tests.prospects.company_profiles.findings import document
from tests.prospects.llm.conftest import MemoryLedger
from tests.servers.openai_server import RunningServer

PAGE = "Acme Cold Chain leases refrigerated trucks. Founded in 1987."


@pytest.mark.django_db(transaction=True)
def test_what_is_missing_is_read_through_the_ledger(server: RunningServer, endpoint: EndpointConfig) -> None:
    prompts.sync_built_in()
    reader = Reader(endpoint, prompts.active(PROMPT), prompts.active(REPAIR).template)
    finding = {"field": "founded_year", "value": "1987", "detail": None, "quote": "Founded in 1987", "source": ""}
    server.control(says=orjson.dumps({"findings": [finding | {"confidence": 0.9}]}).decode())
    ledger = MemoryLedger()

    async def read(*missing: str) -> list[Value]:
        try:
            asked = Asked(domain="acme.example")
            return await read_by_llm([document(PAGE)], missing=missing, asked=asked, reader=reader, calls=ledger)
        finally:
            await gateway_for_loop().close()

    found = asyncio.run(read("founded_year", "social"))

    assert [(value.field, value.value, value.method) for value in found] == [("founded_year", "1987", "llm")]
    assert asyncio.run(read("social")) == []
    assert [paid.purpose for paid in ledger.paid] == ["research.extract"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PauseBatch("used up", code="budget"), "budget_used"),
        (PauseBatch("down", code="endpoint_down"), "llm_off"),
        (GiveUp("no usable answer"), "llm_off"),
        (CallFailed("refused", pauses_batch=True), "llm_off"),
        (CallFailed("429", consumes_attempt=False), None),
        (Retry("later"), None),
    ],
)
def test_research_goes_on_without_what_can_not_be_had(error: JobError, code: str | None) -> None:
    found = degradation(error)

    assert (found.code if found else None) == code

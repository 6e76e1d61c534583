"""Servers that don't know structured output are asked in words, and it is remembered."""

import asyncio

import pytest

from performance.jobs.kinds import GiveUp
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.requests import Dialect, first_dialect
from tests.prospects.llm.conftest import CRITERIA, MemoryLedger, on_lane, question
from tests.servers.openai_server import RunningServer


@pytest.mark.parametrize(
    ("lacks", "expected"),
    [({"no_schema": True}, "json_object"), ({"no_schema": True, "no_json_mode": True}, "text")],
)
def test_the_next_simpler_format_is_tried_until_one_is_taken(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger, lacks: dict[str, bool], expected: str
) -> None:
    server.control(**lacks)

    async def ask(lane):  # type: ignore[no-untyped-def]
        return await lane.complete(question(endpoint), calls=ledger), lane.dialect.format

    completion, format_ = on_lane(endpoint, ask)

    assert list(completion.parsed["verdicts"]) == CRITERIA
    assert format_ == expected
    assert server.ledger()["charges"] == 1


def test_it_is_remembered_so_that_later_requests_are_taken_at_once(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    server.control(no_schema=True)

    async def ask(lane):  # type: ignore[no-untyped-def]
        await lane.complete(question(endpoint), calls=ledger)
        others = (lane.complete(question(endpoint, name), calls=ledger) for name in "ABC")
        await asyncio.gather(*others)

    on_lane(endpoint, ask)

    assert server.ledger()["refused"] == {"400": 1}
    assert server.ledger()["charges"] == 4


def test_a_request_that_is_simply_wrong_is_given_up_and_changes_no_dialect(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    async def ask(lane):  # type: ignore[no-untyped-def]
        with pytest.raises(GiveUp) as raised:
            await lane.complete(question(endpoint, parameters={"messages": "none"}), calls=ledger)
        return raised.value.code, lane.dialect

    server.control(no_schema=True, no_json_mode=True)
    code, dialect = on_lane(endpoint, ask)

    assert code == "rejected"
    assert dialect == Dialect()


def test_the_output_limit_is_named_as_the_server_wants_it() -> None:
    assert first_dialect("https://api.openai.com/v1", supports_schema=True).output_limit == "max_completion_tokens"
    assert first_dialect("http://localhost:11434/v1", supports_schema=False) == Dialect("json_object", "max_tokens")
    said = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    assert Dialect(output_limit="max_tokens").after_refusal(said) == Dialect()
    assert Dialect().after_refusal("Your input exceeds the context window.") is None

"""A request gets an answer that follows its schema, and one repair call when the first can't be used."""

import pytest

from performance.jobs.kinds import GiveUp
from prospects.llm.endpoints import EndpointConfig
from prospects.qualification.rules.evidence import verify_quote
from tests.prospects.llm.conftest import CRITERIA, DOCUMENTS, MemoryLedger, on_lane, question
from tests.servers.openai_server import RunningServer


def test_an_answer_has_a_verdict_for_every_criterion_with_verbatim_quotes(
    endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    completion = on_lane(endpoint, lambda lane: lane.complete(question(endpoint), calls=ledger))

    assert list(completion.parsed["verdicts"]) == CRITERIA
    assert not completion.repaired
    for verdict in completion.parsed["verdicts"].values():
        assert (verdict["quote"] is None) == (verdict["outcome"] == "unknown")
        assert verdict["quote"] is None or verify_quote(verdict["quote"], DOCUMENTS)


def test_a_reply_costs_what_its_tokens_cost_and_no_more_than_was_reserved(
    endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    reply = on_lane(endpoint, lambda lane: lane.complete(question(endpoint), calls=ledger)).reply

    # gpt-5-mini: $0.25 and $2.00 a million tokens.
    exact = (reply.input_tokens * 250_000 + reply.output_tokens * 2_000_000) / 1_000_000
    assert exact <= reply.cost_micros < exact + 1
    assert 0 < reply.cost_micros <= ledger.paid[0].estimate_micros
    assert reply.latency_ms >= 0


def test_the_same_question_is_paid_for_once(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    for _ in range(3):
        on_lane(endpoint, lambda lane: lane.complete(question(endpoint), calls=ledger))

    assert server.ledger()["charges"] == 1


@pytest.mark.parametrize("fault", ["truncated", "garbage", "refusal", "length"])
def test_an_unusable_answer_is_repaired_by_a_second_paid_call(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger, fault: str
) -> None:
    request = question(endpoint)

    async def spoil_the_first(lane):  # type: ignore[no-untyped-def]
        server.control(faults={fault: 1.0})
        await lane.buy(request, calls=ledger)
        server.control(faults={})
        return await lane.complete(request, calls=ledger)

    completion = on_lane(endpoint, spoil_the_first)

    assert completion.repaired
    assert list(completion.parsed["verdicts"]) == CRITERIA
    assert (server.ledger()["charges"], server.ledger()["distinct"]) == (2, 2)


def test_a_cut_off_answer_gets_twice_the_room(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    server.control(faults={"length": 1.0})

    with pytest.raises(GiveUp):
        on_lane(endpoint, lambda lane: lane.complete(question(endpoint), calls=ledger))

    first, second = (request.estimate_micros for request in ledger.paid)
    assert second - first > 800 * 2


@pytest.mark.parametrize("fault", ["truncated", "garbage", "refusal", "length"])
def test_after_one_repair_call_it_gives_up(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger, fault: str
) -> None:
    server.control(faults={fault: 1.0})

    with pytest.raises(GiveUp) as raised:
        on_lane(endpoint, lambda lane: lane.complete(question(endpoint), calls=ledger))

    assert server.ledger()["charges"] == 2
    assert raised.value.code == {"truncated": "garbage"}.get(fault, fault)
    assert "even after a repair call" in raised.value.reason


def test_a_repair_is_found_in_the_ledger_again(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    server.control(faults={"garbage": 1.0})
    for _ in range(3):
        with pytest.raises(GiveUp):
            on_lane(endpoint, lambda lane: lane.complete(question(endpoint), calls=ledger))

    assert server.ledger()["charges"] == 2


def test_the_key_does_not_depend_on_the_dialect_or_the_secret(endpoint: EndpointConfig) -> None:
    other = EndpointConfig(endpoint.base_url, endpoint.model, "sk-other", timeout_s=9.0)

    assert question(endpoint).key == question(other).key
    assert question(endpoint).key != question(endpoint, repeat=1).key
    assert question(endpoint).key != question(endpoint, model="gpt-4o-mini").key
    assert question(endpoint).key != question(endpoint, parameters={"temperature": 0}).key

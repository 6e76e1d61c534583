"""What breaks before sending was never charged; what breaks after it may have been."""

import time

import pytest

from performance.jobs.kinds import CallFailed, CallUncertain, JobError
from prospects.llm import openai_transport
from prospects.llm.endpoints import EndpointConfig
from tests.prospects.llm.conftest import MemoryLedger, on_lane, question
from tests.servers.openai_server import RunningServer


def broken(endpoint: EndpointConfig, ledger: MemoryLedger) -> JobError:
    with pytest.raises(JobError) as raised:
        on_lane(endpoint, lambda lane: lane.complete(question(endpoint), calls=ledger))
    return raised.value


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "http://no-such-host.invalid/v1"])
def test_a_refused_connection_and_an_unknown_host_were_never_sent(address: str, ledger: MemoryLedger) -> None:
    error = broken(EndpointConfig(address, "gpt-5-mini", "sk"), ledger)

    assert isinstance(error, CallFailed)
    assert (error.code, error.consumes_attempt, error.pauses_batch) == ("unreachable", False, False)
    assert error.reason.startswith(f"{address} can't be reached: ")


@pytest.mark.parametrize("fault", ["reset_before", "reset_after"])
def test_a_reset_after_sending_is_uncertain(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger, fault: str
) -> None:
    server.control(faults={fault: 1.0})

    error = broken(endpoint, ledger)

    assert isinstance(error, CallUncertain)
    assert error.code == "broken"


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_no_answer_and_a_dripping_one_end_at_the_deadline(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger, fault: str
) -> None:
    server.control(faults={fault: 1.0})
    began = time.monotonic()

    error = broken(EndpointConfig(endpoint.base_url, endpoint.model, endpoint.api_key, timeout_s=0.7), ledger)

    assert isinstance(error, CallUncertain)
    assert "within 0.7 s" in error.reason
    assert 0.7 <= time.monotonic() - began < 20


def test_a_web_page_instead_of_an_answer_is_uncertain(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    server.control(faults={"html": 1.0})

    error = broken(endpoint, ledger)

    assert isinstance(error, CallUncertain)
    assert error.code == "no_completion"


def test_an_answer_of_any_length_is_not_read_to_its_end(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_transport, "MOST_BYTES", 100)

    error = broken(endpoint, ledger)

    assert isinstance(error, CallUncertain)
    assert (error.code, server.ledger()["charges"]) == ("broken", 1)
    assert "answered with more than" in error.reason


def test_nothing_is_sent_twice(server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger) -> None:
    server.control(faults={"reset_after": 1.0})

    broken(endpoint, ledger)

    assert server.ledger()["requests"] == 1

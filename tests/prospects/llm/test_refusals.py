"""What an endpoint refuses is told apart: the batch's fault, the request's, or a matter of time."""

import pytest

from performance.jobs.kinds import CallFailed, CallUncertain, JobError
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.headers import RateLimits
from prospects.llm.refusals import RequestRejected, meaning
from prospects.llm.wire import RawReply
from tests.prospects.llm.conftest import MemoryLedger, on_lane, question
from tests.servers.openai_server import RunningServer

ENDPOINT = EndpointConfig("https://llm.example/v1", "gpt-5-mini", "sk-secret")


@pytest.mark.parametrize("status", [302, 401, 404, 402, 408, 429, 500, 418])
def test_a_password_in_the_address_is_in_no_reason(status: int) -> None:
    endpoint = EndpointConfig("https://user:hidden@llm.example/v1", "gpt-5-mini", "sk-secret")

    error = meaning(RawReply(status, {}, b"{}"), endpoint=endpoint, model="gpt-5-mini", limits=RateLimits())

    assert "https://llm.example/v1" in error.reason
    assert "hidden" not in error.reason


def refused(endpoint: EndpointConfig, ledger: MemoryLedger) -> JobError:
    with pytest.raises(JobError) as raised:
        on_lane(endpoint, lambda lane: lane.complete(question(endpoint), calls=ledger))
    return raised.value


def test_a_refused_key_pauses_the_batch_and_says_what_to_check(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    error = refused(EndpointConfig(endpoint.base_url, endpoint.model, "sk-wrong-secret"), ledger)

    assert isinstance(error, CallFailed)
    assert (error.pauses_batch, error.consumes_attempt, error.code) == (True, False, "refused_key")
    assert "OPENAI_API_KEY" in error.reason
    assert "sk-wrong" not in error.reason
    assert server.ledger()["charges"] == 0


def test_an_unknown_model_pauses_the_batch(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    error = refused(EndpointConfig(endpoint.base_url, "gpt-99", endpoint.api_key), ledger)

    assert isinstance(error, CallFailed)
    assert (error.pauses_batch, error.code) == (True, "unknown_model")
    assert "'gpt-99'" in error.reason


def test_a_429_costs_no_attempt_and_says_when_to_come_back(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    server.control(faults={"rate_limited": 1.0}, retry_after=7)

    error = refused(endpoint, ledger)

    assert isinstance(error, CallFailed)
    assert (error.consumes_attempt, error.after_s, error.pauses_batch) == (False, 7.0, False)
    assert error.code == "rate_limited"


def test_a_server_error_is_a_definite_failure_that_costs_an_attempt(
    server: RunningServer, endpoint: EndpointConfig, ledger: MemoryLedger
) -> None:
    server.control(faults={"server_error": 1.0})

    error = refused(endpoint, ledger)

    assert isinstance(error, CallFailed)
    assert (error.consumes_attempt, error.code) == (True, "server_error")


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (402, b"", CallFailed, "no_credit"),
        (429, b'{"error":{"code":"insufficient_quota","message":"You exceeded"}}', CallFailed, "no_credit"),
        (403, b"", CallFailed, "refused_key"),
        (307, b"", CallFailed, "redirected"),
        (408, b"", CallUncertain, "timeout"),
        (504, b"<html>", CallUncertain, "timeout"),
        (524, b"", CallUncertain, "timeout"),
        (529, b'{"error":"overloaded"}', CallFailed, "server_error"),
        (413, b"", RequestRejected, "rejected"),
        (400, b'{"detail":"context too long"}', RequestRejected, "rejected"),
    ],
)
def test_each_status_has_its_meaning(status: int, body: bytes, kind: type[JobError], code: str) -> None:
    error = meaning(RawReply(status, {}, body), endpoint=ENDPOINT, model="gpt-5-mini", limits=RateLimits())

    assert type(error) is kind
    assert error.code == code
    assert getattr(error, "pauses_batch", False) == (code in {"no_credit", "refused_key", "redirected"})


def test_what_an_endpoint_says_is_shortened_to_one_line() -> None:
    reply = RawReply(500, {}, b'{"error":{"message":"a\\n\\u0000b ' + b"c" * 900 + b'"}}')

    error = meaning(reply, endpoint=ENDPOINT, model="gpt-5-mini", limits=RateLimits())

    assert error.reason.startswith("https://llm.example/v1 answered 500: a b ccc")
    assert len(error.reason) < 400

"""The OpenAI-compatible server does what its options say: everything that is measured with it rests on this."""

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import orjson
import pytest

from tests.servers.openai_server import RunningServer, running_openai_server

VERDICT = {
    "type": "object",
    "properties": {
        "note": {"type": "string"},
        "quote": {"type": ["string", "null"]},
        "outcome": {"type": "string", "enum": ["met", "unmet", "unknown"]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
}
SCHEMA = {
    "type": "object",
    "properties": {
        "verdicts": {"type": "object", "properties": {f"c{n}": {"$ref": "#/$defs/verdict"} for n in range(8)}},
        "reasoning": {"type": "string"},
    },
    "$defs": {"verdict": VERDICT},
}
DOCUMENT = "We freeze peas in Peoria, Illinois.\nWe run 40 refrigerated trucks of our own."


@pytest.fixture(scope="module")
def module_server() -> Iterator[RunningServer]:
    with running_openai_server() as running:
        yield running


@pytest.fixture
def server(module_server: RunningServer) -> RunningServer:
    """The module's server, as it was at its start."""
    defaults = {"key": "sk-right", "latency": 0.0, "faults": {}, "only_first": False, "rate": 0.0, "burst": 0.0}
    module_server.control(reset=True, no_schema=False, **defaults)
    return module_server


def ask(server: RunningServer, *, name: str = "Frosty", key: str = "sk-right", model: str = "gpt-5-mini", **more: Any):
    text = f'Judge {name}.\n<document-00ff source="site">\n{DOCUMENT}\n</document-00ff>'
    body = {
        "model": model,
        "messages": [{"role": "user", "content": text}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}},
        **more,
    }
    return httpx2.post(
        f"{server.base_url}/chat/completions",
        content=orjson.dumps(body),
        headers={"Authorization": f"Bearer {key}"},
        timeout=2,
    )


def content(response: httpx2.Response) -> str:
    return response.json()["choices"][0]["message"]["content"]


def test_an_answer_follows_the_schema_and_quotes_the_documents_verbatim(server: RunningServer) -> None:
    verdicts = orjson.loads(content(ask(server)))["verdicts"]

    assert list(verdicts) == [f"c{n}" for n in range(8)]
    for verdict in verdicts.values():
        assert (verdict["quote"] is None) == (verdict["outcome"] == "unknown")
        assert verdict["quote"] is None or verdict["quote"] in DOCUMENT


def test_the_same_request_gets_the_same_answer_and_is_charged_each_time(server: RunningServer) -> None:
    answers = {content(ask(server)) for _ in range(3)}

    ledger = server.ledger()
    assert len(answers) == 1
    assert (ledger["charges"], ledger["distinct"]) == (3, 1)
    assert list(ledger["charges_by_request"].values()) == [3]


def test_different_requests_get_different_answers(server: RunningServer) -> None:
    assert len({content(ask(server, name=f"Company {n}")) for n in range(5)}) == 5


def test_a_wrong_key_and_an_unknown_model_are_refused_as_openai_words_it(server: RunningServer) -> None:
    wrong, unknown = ask(server, key="sk-wrong"), ask(server, model="gpt-99")

    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "invalid_api_key")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "model_not_found")
    assert "does not exist" in unknown.json()["error"]["message"]
    assert server.ledger()["charges"] == 0


def test_a_rate_limit_refuses_what_passes_it_and_says_when_to_come_back(server: RunningServer) -> None:
    # So slow that none comes back while the three are asked.
    server.control(rate=0.01, burst=2.0)

    replies = [ask(server, name=str(n)) for n in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert replies[0].headers["x-ratelimit-remaining-requests"] == "1"
    assert 50 < int(replies[2].headers["Retry-After"]) <= 100
    assert server.ledger()["refused"] == {"429": 1}


@pytest.mark.parametrize(
    ("fault", "status", "charges"),
    [("rate_limited", {429}, 0), ("server_error", {500, 502, 503}, 0), ("html", {200}, 1), ("refusal", {200}, 1)],
)
def test_a_fault_is_answered_and_charged_as_documented(
    server: RunningServer, fault: str, status: set[int], charges: int
) -> None:
    server.control(faults={fault: 1.0})

    assert ask(server).status_code in status
    assert server.ledger()["charges"] == charges


@pytest.mark.parametrize(("fault", "charges"), [("reset_before", 0), ("reset_after", 1), ("hang", 1)])
def test_a_broken_connection_is_broken(server: RunningServer, fault: str, charges: int) -> None:
    server.control(faults={fault: 1.0})

    with pytest.raises(httpx2.TransportError):
        ask(server)
    assert server.ledger()["charges"] == charges


def test_a_dripping_answer_outlives_a_time_out_between_bytes(server: RunningServer) -> None:
    server.control(faults={"drip": 1.0})
    body = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hello"}]}
    headers = {"Authorization": "Bearer sk-right"}

    with httpx2.stream(
        "POST", f"{server.base_url}/chat/completions", content=orjson.dumps(body), headers=headers, timeout=0.5
    ) as reply:
        pieces = [piece for _, piece in zip(range(4), reply.iter_raw(), strict=False)]

    assert len(pieces) == 4
    assert server.ledger()["charges"] == 1


@pytest.mark.parametrize("fault", ["truncated", "garbage", "length"])
def test_unusable_content_is_not_json(server: RunningServer, fault: str) -> None:
    server.control(faults={fault: 1.0})

    reply = ask(server)

    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(content(reply))
    assert reply.json()["choices"][0]["finish_reason"] == ("length" if fault == "length" else "stop")


def test_invented_quotes_stand_in_no_document(server: RunningServer) -> None:
    server.control(faults={"invented_quotes": 1.0})

    quotes = [v["quote"] for v in orjson.loads(content(ask(server)))["verdicts"].values() if v["quote"]]

    assert quotes
    assert not any(quote in DOCUMENT for quote in quotes)


def test_only_first_arrivals_fail_when_asked(server: RunningServer) -> None:
    server.control(faults={"server_error": 1.0}, only_first=True)

    assert [ask(server).status_code == 200 for _ in range(2)] == [False, True]


def test_a_server_without_schema_support_says_so(server: RunningServer) -> None:
    server.control(no_schema=True)

    reply = ask(server)

    assert reply.status_code == 400
    assert "response_format" in reply.json()["error"]["message"]


def test_an_outage_closes_the_port_and_ends_by_itself(server: RunningServer) -> None:
    # Long enough for a client to notice that waits for its turn on a busy machine.
    server.control(outage_s=2.0)
    seen = []

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and seen[-2:] != ["refused", "answered"]:
        outcome = _try(server)
        if not seen or outcome != seen[-1]:
            seen.append(outcome)

    assert seen[-2:] == ["refused", "answered"]


def _try(server: RunningServer) -> str:
    try:
        return "answered" if ask(server).status_code == 200 else "error"
    except httpx2.TransportError:
        return "refused"

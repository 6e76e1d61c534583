"""A real server in its own process that gives the answers a test has it give."""

from collections.abc import Iterator

import pytest

from prospects.llm.endpoints import EndpointConfig
from tests.servers.openai_behaviour import Options
from tests.servers.openai_server import RunningServer, running_openai_server


@pytest.fixture(scope="session")
def _reading_server() -> Iterator[RunningServer]:
    with running_openai_server() as running:
        yield running


@pytest.fixture
def server(_reading_server: RunningServer) -> RunningServer:
    """As new: an empty ledger, answers of its own."""
    _reading_server.control(reset=True, **Options().as_json())
    return _reading_server


@pytest.fixture
def endpoint(server: RunningServer) -> EndpointConfig:
    return EndpointConfig(server.base_url, "gpt-5-mini", "", timeout_s=5.0)

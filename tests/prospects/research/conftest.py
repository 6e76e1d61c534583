"""A small web of our own, and a slice of real work in this process."""

import asyncio
from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from performance.jobs.runner.slice import Slice
from tests.servers.web.names import names
from tests.servers.web.running import RunningWeb, web_server


@pytest.fixture(scope="package")
def _server() -> Iterator[RunningWeb]:
    with web_server(hosts=8, articles=2, latency=0.0, errors=0.0) as running:
        yield running


@pytest.fixture
def web(_server: RunningWeb) -> Iterator[RunningWeb]:
    """Eight companies' sites, that answer at once and never fail."""
    with names(_server.port):
        yield _server


@pytest.fixture(autouse=True)
def _polite_to_nobody(settings: Settings) -> None:
    """The web is our own: its hosts needn't be spared, and it stands on this machine. No LLM, no engine."""
    settings.ALLOWED_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.CRAWL_DELAY_MS = 0
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SEARXNG_URL", "SERPER_API_KEY", "SEARCH_FILE"):
        setattr(settings, name, "")


@pytest.fixture
def work_off(transactional_db: None) -> Callable[[], None]:
    """Do what the queue `research` holds, as its Celery task does."""

    def work() -> None:
        asyncio.run(Slice("research").run())

    return work

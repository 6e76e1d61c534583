import asyncio
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches

from performance.jobs.runner.slice import Slice
from prospects.search import pace
from prospects.search.engines import configured
from prospects.search.engines.google import Google
from prospects.search.engines.serper import Serper
from tests.servers.search_engines import KEY, SearchEngines, search_engines


@pytest.fixture(scope="package")
def running() -> Iterator[SearchEngines]:
    with search_engines() as engines:
        yield engines


@pytest.fixture
def engines(running: SearchEngines) -> SearchEngines:
    """The engines' server, which knows nothing and has been asked nothing."""
    running.answers.clear()
    running.faults.clear()
    running.asked.clear()
    return running


@pytest.fixture(autouse=True)
def _days_begin_anew() -> Iterator[None]:
    caches["limits"].clear()
    pace._here.clear()
    yield
    caches["limits"].clear()


@pytest.fixture
def paid_engines(engines: SearchEngines, monkeypatch: pytest.MonkeyPatch) -> SearchEngines:
    """Serper and Google are set up, at our server's addresses."""
    serper, google = Serper(KEY, url=f"{engines.url}/serper"), Google(KEY, "cx", url=f"{engines.url}/google")
    makers = {**configured.MAKERS, "serper": lambda: serper, "google": lambda: google}
    monkeypatch.setattr(configured, "MAKERS", makers)
    return engines


@pytest.fixture
def work_off() -> Callable[[], None]:
    """A slice of work on the queue, as the Celery task does it."""

    def worked() -> None:
        asyncio.run(Slice("research").run())

    return worked

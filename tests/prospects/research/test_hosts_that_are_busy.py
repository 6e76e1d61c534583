"""A site that others have, or that asks for patience, is tried again before a part of it is taken for the whole."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from performance.jobs.models import Job
from prospects.crawl.models import CrawlHost
from prospects.crawl.options import CrawlOptions
from prospects.crawl.services import submit_crawls
from prospects.research import course
from prospects.research.models import ResearchItem
from prospects.research.plan import ResearchPlan
from prospects.research.services import submit_research
from tests.prospects.crawl.conftest import html
from tests.servers.hostile_site import HostileSite, hostile_site, page
from tests.servers.web.names import names

pytestmark = pytest.mark.django_db(transaction=True)
WorkOff = Callable[[], None]


@pytest.fixture
def server(work_off: WorkOff, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileSite]:
    """Its home is in the store; it asks to be left alone."""
    monkeypatch.setattr(course, "HOST_BUSY_S", 0.05)
    with hostile_site() as site, names(site.port):
        site.pages.clear()
        site.pages.update({"/": page(html("Acme", "/about", more="info@acme.com")), "/about": page(html("About"))})
        submit_crawls(["acme.com"], options=CrawlOptions(most_pages=1))
        work_off()
        CrawlHost.objects.filter(pk="https://acme.com").update(next_at=timezone.now() + timedelta(hours=1))
        site.asked.clear()
        yield site


def worked_off(work_off: WorkOff, *, times: int) -> ResearchItem | None:
    for _ in range(times):
        work_off()
        time.sleep(0.1)
    return ResearchItem.objects.first()


def test_what_is_in_the_store_is_not_the_whole_site_while_there_is_another_try(
    server: HostileSite, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_research(ResearchPlan(domains=["acme.com"], mode="comprehensive"))
    monkeypatch.setattr(course, "HOST_BUSY_S", 3600.0)
    assert worked_off(work_off, times=1) is None
    CrawlHost.objects.update(next_at=None)
    Job.objects.update(available_at=timezone.now())

    item = worked_off(work_off, times=1)

    assert item is not None
    assert (item.outcome, item.page_count) == ("done", 2)
    assert server.paths("acme.com").count("/about") == 1


def test_at_the_last_try_what_is_known_is_shown_and_said_to_be_a_part(server: HostileSite, work_off: WorkOff) -> None:
    submit_research(ResearchPlan(domains=["acme.com"], mode="comprehensive"))

    item = worked_off(work_off, times=3)

    assert item is not None
    assert (item.outcome, item.code, item.page_count) == ("partial", "host_busy", 1)
    assert item.error.startswith("acme.com: It asked to be left alone for another ")
    assert "/about" not in server.paths()

"""What a page said is the company's no longer once the page is gone; what wasn't looked at stays."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db.models import F
from pytest_django import Settings

from prospects.company_profiles.models import ProfileValue
from prospects.crawl.options import CrawlOptions
from prospects.crawl.services import submit_crawls
from prospects.pages.models import Page
from prospects.research.models import ResearchItem
from prospects.research.plan import ResearchPlan
from prospects.research.services import submit_research
from tests.prospects.crawl.conftest import html
from tests.servers.hostile_site import Answer, HostileSite, hostile_site, page, to
from tests.servers.web.names import names

pytestmark = pytest.mark.django_db(transaction=True)
WorkOff = Callable[[], None]
HOME = html("Acme Ltd", "/contact", "/about", more="Call us: +44 20 7946 0958. Write to info@acme.com.")
CONTACT = html("Contact", "/", more="Sales: sales@acme.com")


@pytest.fixture
def server() -> Iterator[HostileSite]:
    with hostile_site() as site, names(site.port):
        site.pages.clear()
        site.pages.update({"/": page(HOME), "/about": page(html("About")), "/contact": page(CONTACT)})
        yield site


def age_pages() -> None:
    Page.objects.update(fetched_at=F("fetched_at") - timedelta(days=2), text_at=F("text_at") - timedelta(days=2))


def research(work_off: WorkOff) -> ResearchItem:
    """As the next day."""
    age_pages()
    asked = submit_research(ResearchPlan(domains=["acme.com"], mode="comprehensive", is_forced=True)).research
    work_off()
    return ResearchItem.objects.get(research=asked)


def emails() -> set[str]:
    return set(ProfileValue.objects.filter(field="email", is_current=True).values_list("value", flat=True))


@pytest.mark.parametrize(
    "answer", [None, page(b"gone", status=410), page(html("404 - page not found"))], ids=["404", "410", "soft 404"],
)  # fmt: skip
def test_what_only_a_page_said_that_is_gone_holds_no_longer(
    server: HostileSite, work_off: WorkOff, answer: Answer | None
) -> None:
    research(work_off)
    known = emails()
    del server.pages["/contact"]
    if answer is not None:
        server.pages["/contact"] = answer

    again = research(work_off)

    assert (known, emails()) == ({"info@acme.com", "sales@acme.com"}, {"info@acme.com"})
    assert again.is_changed


@pytest.mark.parametrize(
    "answer", [*(page(b"no", status=status) for status in (403, 429, 500)), page(b""), to("/about")],
    ids=["403", "429", "500", "empty", "leads elsewhere"],
)  # fmt: skip
def test_what_a_page_said_that_could_not_be_read_stays(server: HostileSite, work_off: WorkOff, answer: Answer) -> None:
    research(work_off)
    server.pages["/contact"] = answer

    again = research(work_off)

    assert emails() == {"info@acme.com", "sales@acme.com"}
    assert not again.is_changed


def test_a_page_that_another_crawl_found_gone_is_gone_for_this_one(
    server: HostileSite, work_off: WorkOff, settings: Settings
) -> None:
    settings.DOMAIN_ANALYSIS_TTL = 0
    research(work_off)
    age_pages()
    del server.pages["/contact"]
    submit_crawls(["acme.com"], options=CrawlOptions(is_forced=True))
    work_off()
    server.asked.clear()

    submit_research(ResearchPlan(domains=["acme.com"], mode="contact_focused"))
    work_off()

    assert "/contact" not in server.paths()
    assert emails() == {"info@acme.com"}

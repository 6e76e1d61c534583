"""Crawls that people ask for are jobs of a batch: worked off, called off, and told of by their rows."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import cast

import pytest
from django.utils import timezone
from pytest_django import Settings

from performance.jobs.kinds import Calls, ClaimedJob
from performance.jobs.models import Batch
from performance.jobs.runner.slice import Slice
from prospects.crawl.errors import BadPattern, NoSite, NothingToCrawl, NotQueued, OutOfRange, SharedSite, SiteRefused
from prospects.crawl.kind import CrawlKind
from prospects.crawl.models import CrawlHost, CrawlJob
from prospects.crawl.options import CrawlOptions, plan_of
from prospects.crawl.plan import Counts, CrawlPlan, CrawlResult, Refusal
from prospects.crawl.recording import CrawlDone, record
from prospects.crawl.services import cancel_crawl, forget_robots, sites_of, submit_crawls
from prospects.pages.models import Page
from tests import factories
from tests.prospects.crawl.conftest import html
from tests.servers.hostile_site import HostileSite, page

DEFAULTS = CrawlOptions()


def work_off() -> None:
    """A slice of work on the queue, as the Celery task does it."""
    asyncio.run(Slice("research").run())


@pytest.fixture
def _on_our_web(transactional_db: None, server: HostileSite, settings: Settings) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.CRAWL_DELAY_MS = 0
    server.pages.update({"/": page(html("Acme", "/about", "/report")), "/about": page(html("About"))})


@pytest.mark.usefixtures("_on_our_web")
def test_the_rows_of_a_batch_of_crawls_say_what_they_came_to(server: HostileSite) -> None:
    server.robots["denied.com"] = b"User-agent: *\nDisallow: /\n"

    crawls = submit_crawls(["acme.com", "denied.com"], options=DEFAULTS, owner=factories.make_user())
    work_off()

    done, denied = CrawlJob.objects.order_by("pk")
    assert [each.pk for each in crawls] == [done.pk, denied.pk]
    assert (done.state, done.stop_reason, done.fetched, done.new, done.refusals[0]["code"]) == (
        "done", "done", 3, 2, "http_404",
    )  # fmt: skip
    assert (denied.state, denied.stop_reason, denied.refused) == ("failed", "refused", 1)
    assert denied.says == "denied.com can't be read: Its robots.txt asks AssayBot not to read this."
    assert done.finished_at is not None
    assert done.batch is not None
    assert done.batch.state == "finished"
    assert Page.objects.filter(site="acme.com", outcome="read").count() == 2


@pytest.mark.usefixtures("_on_our_web")
def test_a_crawl_that_goes_on_after_a_kill_asks_for_nothing_twice(server: HostileSite) -> None:
    (crawl,) = submit_crawls(["acme.com"], options=CrawlOptions(is_forced=True))
    kind, job = CrawlKind(), ClaimedJob(1, crawl.batch_id or 0, crawl.pk, fence=1, attempt=1, input={}, params={})
    prepared = kind.prepare([job])[job.id]

    # As if its worker were killed after the pages were stored, and before the job was.
    lost = asyncio.run(kind.run(replace(job, prepared=prepared), calls=cast(Calls, None)))
    asked = server.paths("acme.com").count("/")
    work_off()

    crawl.refresh_from_db()
    assert lost.counts.fetched == 3
    assert (crawl.state, crawl.fetched) == ("done", 0)
    assert server.paths("acme.com").count("/") == asked == 1


@pytest.mark.usefixtures("_on_our_web")
def test_a_crawl_that_is_called_off_is_not_begun(server: HostileSite) -> None:
    first, second = submit_crawls(["acme.com", "other.com"], options=DEFAULTS)

    cancel_crawl(first.pk)
    work_off()

    assert {asked.host for asked in server.asked} == {"other.com"}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.stop_reason, second.state) == ("cancelled", "cancelled", "done")
    with pytest.raises(NotQueued):
        cancel_crawl(second.pk)


@pytest.mark.django_db
def test_the_batch_ends_with_the_last_crawl_that_is_called_off() -> None:
    first, second = submit_crawls(["acme.com", "other.com"], options=DEFAULTS)

    cancel_crawl(first.pk)
    cancel_crawl(second.pk)

    assert first.batch is not None
    first.batch.refresh_from_db()
    assert (first.batch.state, first.batch.cancelled) == ("cancelled", 2)
    assert set(CrawlJob.objects.values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ([], NothingToCrawl),
        (["not a site"], NoSite),
        (["127.0.0.1"], NoSite),
        (["http://169.254.169.254/latest"], NoSite),
        (["acme.com", "localhost"], NoSite),
        (["https://www.facebook.com/acme"], SharedSite),
        (["evil.com"], SiteRefused),
    ],
)
@pytest.mark.django_db
def test_what_is_no_site_of_a_company_is_refused(asked: list[str], error: type[Exception], settings: Settings) -> None:
    settings.CRAWL_DENY = ["evil.com"]

    with pytest.raises(error):
        submit_crawls(asked, options=DEFAULTS)

    assert not CrawlJob.objects.exists()
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (CrawlOptions(most_pages=26), OutOfRange),
        (CrawlOptions(most_mb=9), OutOfRange),
        (CrawlOptions(most_s=0), OutOfRange),
        (CrawlOptions(most_depth=11), OutOfRange),
        (CrawlOptions(include=("blog",)), BadPattern),
        (CrawlOptions(exclude=("/" + "a" * 200,)), BadPattern),
    ],
)
@pytest.mark.django_db
def test_what_goes_too_far_is_refused(options: CrawlOptions, error: type[Exception]) -> None:
    with pytest.raises(error):
        submit_crawls(["acme.com"], options=options)


def test_addresses_of_one_site_are_one_crawl() -> None:
    asked = ["Acme.com", "https://www.acme.com/", "https://shop.acme.com/de/#top", "acme.com/team", "other.org"]

    assert sites_of(asked) == {"acme.com": ["https://shop.acme.com/de/", "https://acme.com/team"], "other.org": []}


@pytest.mark.django_db
def test_the_plan_is_what_was_asked_for() -> None:
    options = CrawlOptions(most_pages=3, include=("/de/*",), includes_subdomains=True, is_forced=True, ttl_s=60)

    (row,) = submit_crawls(["https://acme.com/de/"], options=options)

    assert plan_of(row.site, seeds=row.seeds, kept=row.options) == CrawlPlan(
        "acme.com", ("https://acme.com/de/",), 3, 8_000_000, 120, 3, ("/de/*",), includes_subdomains=True, ttl_s=60,
        is_forced=True,
    )  # fmt: skip


@pytest.mark.django_db
def test_what_research_crawled_has_rows_too() -> None:
    company, batch = factories.make_company(), factories.make_batch()
    refusal = Refusal("https://acme.com/x\0", "robots", "It says no.")
    result = CrawlResult("acme.com", "pages", "Enough.", counts=Counts(fetched=3, new=2), refusals=(refusal,))

    record([CrawlDone(company.pk, batch.pk, None, CrawlPlan("acme.com"), result)])

    row = CrawlJob.objects.get(company=company)
    assert (row.state, row.stop_reason, row.fetched, row.new, row.batch) == ("done", "pages", 3, 2, batch)
    assert row.refusals == [{"url": "https://acme.com/x", "code": "robots", "says": "It says no."}]
    assert row.options["most_pages"] == 8


@pytest.mark.django_db
def test_the_crawl_of_a_company_that_is_gone_has_no_row_and_the_others_have() -> None:
    gone, company = factories.make_company(), factories.make_company()
    gone_id = gone.pk
    gone.delete()
    result = CrawlResult("acme.com", "done", "All.")

    record([CrawlDone(pk, None, None, CrawlPlan("acme.com"), result) for pk in (gone_id, company.pk)])

    assert [row.company for row in CrawlJob.objects.all()] == [company]


@pytest.mark.django_db
def test_robots_are_read_again_where_they_are_forgotten() -> None:
    CrawlHost.objects.create(origin="https://acme.com", robots_at=timezone.now() - timedelta(hours=1))

    assert forget_robots(["https://acme.com", "https://unknown.com"]) == 1
    assert CrawlHost.objects.get().robots_at is None

"""When a crawl has had enough, which sites are crawled at all, and what a plan is worth after a kill."""

from datetime import UTC, datetime, timedelta

import pytest

from prospects.crawl.caps import Spent, cap_reached, refusal
from prospects.crawl.plan import CrawlPlan, resumed

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spent", "in_flight", "cap"),
    [
        (Spent(), 0, None),
        (Spent(pages=7), 0, None),
        (Spent(pages=8), 0, "pages"),
        (Spent(pages=7), 1, "pages"),
        (Spent(asked=21), 0, "pages"),
        (Spent(byte_count=1_000_000), 0, "bytes"),
    ],
)
def test_pages_and_bytes_have_caps(spent: Spent, in_flight: int, cap: str | None) -> None:
    plan = CrawlPlan("acme.com", most_pages=8, most_bytes=1_000_000)

    assert cap_reached(plan, spent, in_flight=in_flight) == cap


@pytest.mark.parametrize(("pages", "cap"), [(0, None), (1, None), (2, "money")])
def test_no_page_is_read_that_cannot_be_paid(pages: int, cap: str | None) -> None:
    plan = CrawlPlan("acme.com", most_micros=500, micros_per_page=250)

    assert cap_reached(plan, Spent(pages=pages)) == cap


@pytest.mark.parametrize(
    ("allow", "deny", "says"),
    [
        ([], [], ""),
        ([], ["acme.com"], "CRAWL_DENY names acme.com."),
        ([], ["COM."], "CRAWL_DENY names acme.com."),
        ([], ["me.com"], ""),
        (["acme.com"], [], ""),
        (["other.com"], [], "CRAWL_ALLOW doesn't name acme.com."),
        (["acme.com"], ["acme.com"], "CRAWL_DENY names acme.com."),
    ],
)
def test_the_operator_says_which_sites_are_crawled(allow: list[str], deny: list[str], says: str) -> None:
    assert refusal("acme.com", allow=allow, deny=deny) == says


@pytest.mark.parametrize(("is_forced", "ttl_s"), [(True, 61), (False, 300)])
def test_what_was_fetched_since_the_batch_began_is_fresh(is_forced: bool, ttl_s: int) -> None:
    plan = CrawlPlan("acme.com", ttl_s=300, is_forced=is_forced)

    again = resumed(plan, began_at=AT - timedelta(minutes=1), at=AT)

    assert (again.ttl_s, again.is_forced) == (ttl_s, False)

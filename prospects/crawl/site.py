"""Crawling one site: what a crawl is asked, and what it comes to. See docs/crawl.md.

What is read is stored page by page, so a crawl that was killed goes on from the store, and asks for nothing twice.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.conf import settings
from django.utils import timezone

from performance import metrics
from prospects.crawl.caps import refusal
from prospects.crawl.crawling import Crawl, Enough
from prospects.crawl.frontier import Frontier
from prospects.crawl.hosts.fetched import Hosts
from prospects.crawl.plan import CrawledPage, CrawlPlan, CrawlResult, Refusal
from prospects.crawl.remembered import Remembered
from prospects.crawl.tally import MOST_REFUSALS
from prospects.crawl.telling import End, sentence, shortcomings
from prospects.crawl.urls import Scope
from prospects.crawl.visiting import Visitor, Visits
from prospects.pages.parsed import KnownPage, PageSink


async def crawl_site(
    plan: CrawlPlan,
    *,
    web: Hosts,
    writer: PageSink,
    known: Sequence[KnownPage] = (),
    enough: Enough | None = None,
    now: Callable[[], datetime] = timezone.now,
) -> CrawlResult:
    """Read the site's pages, the most telling first, and say what came of it. Never raises for the web's faults.

    `known` is what the store has of the site. `enough` is called once for every page of the result as it comes, with
    `parsed` where it was read now; True ends the crawl. What was read is in the store, even if this is cancelled.
    """
    began = time.monotonic()
    refused = partial(refusal, allow=settings.CRAWL_ALLOW, deny=settings.CRAWL_DENY)
    if says := refused(plan.site):
        return CrawlResult(plan.site, "refused", says, "denied")
    scope = Scope(plan.site, plan.includes_subdomains)
    async with Visits(web) as visits:
        visitor = Visitor(scope, visits, writer, now)
        remembered = Remembered.of(known, plan=plan, at=now())
        crawl = Crawl(plan, visitor, Frontier(plan, scope), remembered, enough or _never, refused)
        end = await crawl.run()
    metrics.count("crawl.sites", {"end": end.reason})
    return _result(crawl, end, took_ms=round((time.monotonic() - began) * 1000))


def _never(page: CrawledPage) -> bool:
    return False


def _result(crawl: Crawl, end: End, *, took_ms: int) -> CrawlResult:
    """Where the site was down, with the last known pages instead."""
    if end.reason == "unreachable":
        crawl.fall_back()
    tally, left_out = crawl.tally, crawl.frontier.left_out
    endless = [Refusal(url, "endless", says) for url, says in left_out.told()]
    pages = tuple(tally.pages.values())
    as_of = min((page.fetched_at for page in pages), default=None) if end.reason == "unreachable" else None
    day = f"{as_of.day} {as_of:%B %Y}" if as_of else ""
    return CrawlResult(
        site=crawl.plan.site,
        stop_reason=end.reason,
        says=sentence(end, crawl.plan, pages=len(pages), left_out=left_out.counts.total()),
        code=end.code,
        pages=pages,
        counts=tally.counts,
        byte_count=tally.byte_count,
        took_ms=took_ms,
        refusals=(*tally.refusals[: MOST_REFUSALS - len(endless)], *endless),
        is_from_store=as_of is not None,
        as_of=as_of,
        degraded=shortcomings(end, tally, is_javascript=crawl.is_javascript, from_store=day),
        moved_to=crawl.frontier.scope.also,
        gone=frozenset(tally.gone),
    )

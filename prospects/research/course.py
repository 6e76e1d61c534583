"""The research of one company: find its site, crawl, extract, ask what rules left open, see whose site it is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.utils import timezone

from performance.jobs.kinds import Calls, Retry
from performance.jobs.runner.threads import crew
from prospects.company_profiles.researched import Identity, Researched
from prospects.company_profiles.same_company import same_company
from prospects.crawl.hosts.fetched import Hosts
from prospects.crawl.plan import CrawlPlan, CrawlResult, resumed
from prospects.crawl.site import crawl_site
from prospects.extraction.found import Asked, Value
from prospects.pages.degraded import Degraded
from prospects.pages.parsed import KnownPage, PageSink
from prospects.pages.reading import known_pages
from prospects.pages.texts import texts_of
from prospects.research.brief import Brief
from prospects.research.gathering import Gathering
from prospects.research.places import places_for_loop
from prospects.research.questions import Answered, ask_what_is_missing
from prospects.research.sites import sites_of

BYTES_A_MB = 1_000_000
# Of a company's time: what is left for the model, and for storing what was read.
CRAWL_SHARE = 0.85
HOST_BUSY_S = 10.0
TIMED_OUT = Degraded("timed_out", "The time for this company was used up; what had been read by then is shown.")


@dataclass(frozen=True, slots=True)
class Tools:
    """What reaches out of the process. Without `calls` nothing is paid for: no search and no LLM."""

    web: Hosts
    writer: PageSink
    calls: Calls | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What one site came to. `plan` is None where its crawl was cut off."""

    site: str
    gathering: Gathering
    plan: CrawlPlan
    crawl: CrawlResult
    values: Sequence[Value]
    identity: Identity
    is_extracted: bool


@dataclass(frozen=True, slots=True)
class Course:
    """What research of a company came to, and the crawl that it made."""

    researched: Researched
    plan: CrawlPlan | None = None


async def research_company(brief: Brief, *, tools: Tools) -> Course:
    """Never raises for faults of the web, of an engine or of the LLM: the result says what it lacks. Raises Retry where
    others have the site's host.
    """
    at = timezone.now()
    sites = await sites_of(brief, calls=tools.calls)
    looked: Looked | None = None
    for site in sites.domains:
        seen = await _look(brief, site, tools=tools)
        if looked is None or seen.identity.points > looked.identity.points:
            looked = seen
        if seen.identity.verdict in ("confirmed", "likely"):
            break
    if looked is None:
        return Course(_without_site(brief, degraded=(*brief.degraded, *sites.degraded), at=at))
    answered = await _answered(brief, looked, tools=tools)
    values = (*looked.values, *answered.values)
    identity = looked.identity
    if answered.values:
        identity = same_company(brief.facts, values, site=looked.site)
    researched = Researched(
        company_id=brief.company_id,
        mode=brief.mode.name,
        site=looked.site,
        at=at,
        identity=identity,
        values=values,
        degraded=_each_once((*brief.degraded, *sites.degraded, *looked.crawl.degraded, *answered.degraded)),
        crawl=looked.crawl,
        evidence_hash=looked.gathering.evidence_hash if looked.crawl.pages else "",
        is_extracted=looked.is_extracted,
    )
    return Course(researched, looked.plan)


async def _look(brief: Brief, site: str, *, tools: Tools) -> Looked:
    asked = Asked(domain=site, name=brief.facts.name, country=brief.facts.country or brief.country)
    gathering = Gathering(Asked(asked.domain, asked.name, asked.country, brief.mode.fields), brief.mode)
    known = brief.known if site == brief.facts.domain else await _known(site)
    plan = _plan(brief, site)
    most = max(settings.MAX_CONCURRENT_CRAWLS, brief.at_once)
    async with places_for_loop().crawls.one(most):
        crawl = await _crawled(plan, gathering, known=known, tools=tools, timeout_s=brief.timeout_s)
    if crawl.code == "host_busy" and not (crawl.pages and brief.is_last_try):
        # Whoever was killed there keeps the site for half a minute; one that asks for an hour isn't awaited.
        raise Retry(crawl.says, code="host_busy", after_s=HOST_BUSY_S, consumes_attempt=bool(crawl.pages))
    gathering.take(crawl.pages)
    if not crawl.pages:
        return Looked(site, gathering, plan, crawl, (), _identity_before(brief), is_extracted=False)
    if brief.before and gathering.evidence_hash == brief.before.evidence_hash:
        return Looked(site, gathering, plan, crawl, (), _identity_before(brief), is_extracted=False)
    if unread := gathering.unread:
        gathering.read(await crew.call(partial(texts_of, unread)))
    values = gathering.values()
    identity = same_company(brief.facts, values, site=site)
    return Looked(site, gathering, plan, crawl, values, identity, is_extracted=True)


async def _known(site: str) -> Sequence[KnownPage]:
    found = await crew.call(partial(known_pages, [site], since=None))
    return found.get(site, ())


def _plan(brief: Brief, site: str) -> CrawlPlan:
    mode = brief.mode
    plan = CrawlPlan(
        site,
        most_pages=min(mode.most_pages, settings.CRAWL_MAX_PAGES),
        most_bytes=settings.CRAWL_MAX_MB * BYTES_A_MB,
        most_s=min(mode.most_s, brief.timeout_s * CRAWL_SHARE),
        ttl_s=settings.COMPANY_TTL,
        is_forced=brief.is_forced,
    )
    return resumed(plan, began_at=brief.began_at, at=timezone.now())


async def _crawled(
    plan: CrawlPlan, gathering: Gathering, *, known: Sequence[KnownPage], tools: Tools, timeout_s: float
) -> CrawlResult:
    """The crawl, or what it had brought when the company's time was up: it ends itself before, as a rule."""
    began = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(timeout_s):
            crawl = await crawl_site(plan, web=tools.web, writer=tools.writer, known=known, enough=gathering.enough)
    except TimeoutError:
        took_ms = round(1000 * (asyncio.get_running_loop().time() - began))
        pages = tuple(gathering.pages.values())
        return CrawlResult(
            plan.site, "time", TIMED_OUT.says, "timed_out", pages=pages, took_ms=took_ms, degraded=(TIMED_OUT,)
        )
    return crawl


async def _answered(brief: Brief, looked: Looked, *, tools: Tools) -> Answered:
    """What the LLM adds. Of a site that is another's nothing is asked, nor where there is nothing to read."""
    if not looked.is_extracted or looked.identity.verdict == "another":
        return Answered()
    return await ask_what_is_missing(brief, looked.gathering, looked.values, calls=tools.calls)


def _without_site(brief: Brief, *, degraded: tuple[Degraded, ...], at: datetime) -> Researched:
    """Nothing was read; what an earlier research found stays."""
    return Researched(
        company_id=brief.company_id,
        mode=brief.mode.name,
        site=brief.before.site if brief.before else "",
        at=at,
        identity=_identity_before(brief),
        degraded=_each_once(degraded),
        is_extracted=False,
    )


def _identity_before(brief: Brief) -> Identity:
    """What was found out the last time: nothing that was read now says otherwise."""
    if brief.before is None:
        return Identity("unsure", "No page of the company's was read.")
    return Identity(brief.before.identity, brief.before.identity_says, 100)


def _each_once(degraded: Sequence[Degraded]) -> tuple[Degraded, ...]:
    """The first of each code: its sentence is the nearest to the cause."""
    return tuple({one.code: one for one in reversed(degraded)}.values())[::-1]

"""The research of one company while somebody waits for it: of its own site, by rules, within seconds."""

import asyncio

from django.db import transaction
from django.utils import timezone

from performance.jobs.kinds import ClaimedJob, Retry
from prospects.company_profiles.storage import store_many
from prospects.crawl.hosts.web import web_for_loop
from prospects.crawl.recording import CrawlDone, record
from prospects.extraction.modes import MODES
from prospects.pages.writer import writer_for_loop
from prospects.research.brief import MOST_ATTEMPTS, Brief, briefs
from prospects.research.course import Course, Tools, research_company
from prospects.research.errors import HostBusy
from prospects.research.models import ResearchItem
from prospects.research.outcomes import row_of, row_of_last
from prospects.research.results import CompanyResult, result_of
from prospects.research.settling import Wanted, settle_companies

MODE = "basic"


def research_now(
    wanted: Wanted, *, country: str = "", owner_id: int | None = None, company_id: int | None = None
) -> CompanyResult:
    """What research in the mode `basic` finds on the site of this company, which is made if it isn't known. Stored as
    a batch's is, but with no item: what is returned has one that isn't stored.

    Takes as long as the mode may, 10 s; nothing is searched, nothing is paid. Belongs outside of transactions: pages
    are committed as they come. Raises HostBusy where others are at the site.
    """
    pk = next(iter(settle_companies([wanted], owner_id=owner_id))) if company_id is None else company_id
    brief = _brief(pk, country=country)
    if brief.last is not None:
        return _result(pk, ResearchItem(**row_of_last(brief.last)), wanted)
    began = timezone.now()
    try:
        course = asyncio.run(_course(brief))
    except Retry as error:
        raise HostBusy from error
    with transaction.atomic():
        stored = store_many([course.researched])[pk]
        if course.plan is not None and course.researched.crawl is not None:
            record([CrawlDone(pk, None, owner_id, course.plan, course.researched.crawl)])
    took_ms = round(1000 * (timezone.now() - began).total_seconds())
    return _result(pk, ResearchItem(**row_of(course.researched, stored), took_ms=took_ms), wanted)


def _brief(company_id: int, *, country: str) -> Brief:
    params = {
        "mode": MODE,
        "country": country,
        "language": "",
        "timeout_s": MODES[MODE].most_s,
        "at_once": 1,
        "is_forced": False,
        "asked_at": timezone.now().isoformat(),
    }
    # Who waits takes what can be had now.
    attempt = MOST_ATTEMPTS
    job = ClaimedJob(id=0, batch_id=0, subject_id=company_id, fence=0, attempt=attempt, input={}, params=params)
    return briefs([job])[0]


async def _course(brief: Brief) -> Course:
    return await research_company(brief, tools=Tools(web_for_loop(), writer_for_loop()))


def _result(company_id: int, item: ResearchItem, wanted: Wanted) -> CompanyResult:
    known = result_of(company_id)
    item.company, item.asked_name, item.asked_domain = known.company, wanted.name, wanted.domain
    return CompanyResult(company=known.company, profile=known.profile, values=known.values, item=item)

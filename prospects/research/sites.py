"""Where a company's site is, if only its name is known: a search engine is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from performance.jobs.kinds import CallFailed, Calls, CallUncertain, GiveUp, PauseBatch, Retry
from prospects.companies.normalise.domain import is_shared
from prospects.pages.degraded import Degraded
from prospects.research.brief import Brief
from prospects.research.places import places_for_loop
from prospects.search.asking import find
from prospects.search.candidates import candidate_sites
from prospects.search.engines.configured import configured_engine
from prospects.search.hits import Query

NO_SEARCH = Degraded("no_search", "No search engine is set up and no domain is known, so that no site was read.")
# Those beyond are rarely the company's.
MOST_CANDIDATES = 2
LEAST_SCORE = 50
HITS = 10


@dataclass(frozen=True, slots=True)
class Sites:
    """Domains that may be the company's, the likeliest first, and what the search for them lacked."""

    domains: Sequence[str] = ()
    degraded: tuple[Degraded, ...] = ()
    was_searched: bool = False


async def sites_of(brief: Brief, *, calls: Calls | None) -> Sites:
    """The company's own domain where it has one; else what the search engine finds. Never raises for the engine's
    faults: a company without a site is a result that says so.
    """
    own = brief.facts.domain
    if own and not is_shared(own):
        return Sites([own])
    engine = configured_engine()
    if engine is None or calls is None or not brief.facts.name:
        return Sites(degraded=(NO_SEARCH,))
    query = Query(brief.facts.name, country=brief.country or brief.facts.country, language=brief.language, most=HITS)
    try:
        async with places_for_loop().searches.one(settings.MAX_CONCURRENT_SEARCHES):
            answer = await find(query, calls=calls, engine=engine)
    except PauseBatch as error:
        return Sites(degraded=(_without_money(error),))
    except (CallFailed, CallUncertain, GiveUp, Retry) as error:
        return Sites(degraded=(Degraded("search_failed", f"The search engine gave no answer: {error.reason}"),))
    found = candidate_sites(brief.facts.name, answer.hits, country=query.country, deny=settings.CRAWL_DENY)
    likely = [one.domain for one in found if one.score >= LEAST_SCORE][:MOST_CANDIDATES]
    if not likely:
        says = f"None of the {len(answer.hits)} results of the search looks like the company's own site."
        return Sites(degraded=(Degraded("no_search", says),), was_searched=True)
    return Sites(likely, was_searched=True)


def _without_money(error: PauseBatch) -> Degraded:
    if error.code == "budget":
        return Degraded("budget_used", "The budget is used up, so that no search engine was asked.")
    return Degraded("search_failed", f"The search engine gave no answer: {error.reason}")

"""Asking for searches, and deleting them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from performance.cache.tags import bump
from performance.database.text import storable
from performance.jobs.models import Batch, Priority
from performance.jobs.services import BatchOptions, Subject, submit_batch
from prospects.companies.models import Company
from prospects.companies.normalise.domain import is_shared
from prospects.search.asking import query_key
from prospects.search.candidates import DIRECTORIES
from prospects.search.domains import checked_domains
from prospects.search.engines.configured import configured_engine
from prospects.search.errors import NoEngine, NoQueries, NoSites, StillAtWork, StillSearching, TooManyQueries
from prospects.search.hits import Engine, Query
from prospects.search.models import SearchQuery, SearchResult, SearchSession
from prospects.search.query_file import MOST_QUERIES

KIND = "search.query"
LONGEST_QUERY = 400
_CHUNK = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchPlan:
    """What is asked. `engine` "" is the one that is asked first; `budget_micros` None is RUN_BUDGET_USD.

    `companies` are those that the queries are about, one for each, or none at all.
    """

    queries: Sequence[str]
    title: str = ""
    engine: str = ""
    country: str = ""
    language: str = ""
    per_query: int = 10
    allow: Sequence[str] = ()
    deny: Sequence[str] = ()
    priority: int = Priority.NORMAL
    budget_micros: int | None = None
    companies: Sequence[Company] = field(default=())


@transaction.atomic
def submit_search(plan: SearchPlan, *, owner: Any = None) -> SearchSession:
    """Store a session with its queries and have a batch of jobs ask them. Atomic; each call makes a session.

    Raises NoEngine, NoQueries, TooManyQueries, BadDomains.
    """
    engine = configured_engine(plan.engine)
    if engine is None:
        raise NoEngine(_not_set_up(plan.engine))
    texts = _checked(plan)
    session = SearchSession.objects.create(
        title=storable(plan.title or _title(texts))[:255],
        engine=engine.name,
        country=plan.country.upper(),
        language=plan.language.lower(),
        per_query=plan.per_query,
        allow=list(checked_domains(plan.allow)),
        deny=list(checked_domains(plan.deny)),
        owner=owner,
    )
    queries = SearchQuery.objects.bulk_create(_rows(session, plan, texts, engine=engine), batch_size=_CHUNK)
    subjects = [Subject(query.pk) for query in queries]
    session.batch = submit_batch(kind=KIND, subjects=subjects, options=_options(plan, session)).batch
    session.save(update_fields=["batch"])
    return session


def sites_of(session: SearchSession) -> list[str]:
    """The domains that a session found and wants, each once; no shared hosts, no directories.

    Raises StillSearching and NoSites: what is done with them would be done with a part of them, or with nothing.
    """
    if _is_at_work(session):
        raise StillSearching
    sites = SearchResult.objects.sites(session.pk).values_list("domain", flat=True)
    found = [site for site in sites if not is_shared(site) and site not in DIRECTORIES]
    if not found:
        raise NoSites
    return found


@transaction.atomic
def delete_session(session_id: int) -> None:
    """Delete a session with its queries and results. Idempotent. Raises StillAtWork."""
    session = SearchSession.objects.select_for_update(of=("self",)).filter(pk=session_id).first()
    if session is None:
        return
    if _is_at_work(session):
        raise StillAtWork
    # Children first: the ORM would read every row to cascade.
    SearchResult.objects.filter(session=session).delete()
    SearchQuery.objects.filter(session=session).delete()
    session.delete()
    bump("searches", f"search:{session_id}")


def _is_at_work(session: SearchSession) -> bool:
    return bool(Batch.objects.active().filter(pk=session.batch_id).exists())


def _checked(plan: SearchPlan) -> list[str]:
    texts = [" ".join(storable(text).split())[:LONGEST_QUERY] for text in plan.queries]
    if plan.companies and len(plan.companies) != len(texts):
        raise ValueError(f"{len(plan.companies)} companies for {len(texts)} queries")
    if not plan.companies:
        texts = list(dict.fromkeys(filter(None, texts)))
    if not any(texts):
        raise NoQueries
    if len(texts) > MOST_QUERIES:
        raise TooManyQueries(f"There are {len(texts):,} queries; a session takes at most {MOST_QUERIES:,}.")
    return texts


def _rows(session: SearchSession, plan: SearchPlan, texts: Sequence[str], *, engine: Engine) -> Iterable[SearchQuery]:
    for position, text in enumerate(texts):
        asked = Query(text, country=session.country, language=session.language, most=session.per_query)
        yield SearchQuery(
            session=session,
            position=position,
            text=text,
            key=query_key(asked, engine=engine.name),
            company=plan.companies[position] if plan.companies else None,
        )


def _options(plan: SearchPlan, session: SearchSession) -> BatchOptions:
    default = round(settings.RUN_BUDGET_USD * 1_000_000)
    return BatchOptions(
        owner=session.owner,
        title=f"Search: {session.title}"[:255],
        priority=plan.priority,
        concurrency=settings.MAX_CONCURRENT_SEARCHES,
        budget_micros=default if plan.budget_micros is None else plan.budget_micros,
        # A question costs a tenth of a cent: not worth a person's decision.
        on_unknown=Batch.OnUnknown.RETRY,
    )


def _title(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - 1:,} more" if len(texts) > 1 else ""
    return f"{texts[0][:200]}{more}"


def _not_set_up(engine: str) -> str:
    return f"The search engine {engine} isn't set up." if engine else ""

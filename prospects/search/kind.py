"""The kind of job "search.query": one question to a session's engine."""

from collections.abc import Collection, Mapping, Sequence

from django.utils import timezone

from performance.cache.tags import bump
from performance.jobs.kinds import Calls, ClaimedJob, Finished, GiveUp, Kind, PauseBatch, Policy, Stuck
from prospects.search.asking import find
from prospects.search.domains import Lists
from prospects.search.engines.configured import configured_engine
from prospects.search.hits import Answer, Query
from prospects.search.models import SearchQuery, SearchResult, SearchSession
from prospects.search.services import KIND

_UPDATED = ("state", "is_cached", "cost_micros", "result_count", "error", "searched_at")


class SearchKind(Kind[Answer]):
    """One call, its hits stored in the transaction that completes the job."""

    name = KIND
    queue = "research"
    tags = ("searches",)
    policy = Policy(max_attempts=4, base_delay_s=2.0, timeout_s=60.0)

    def prepare(self, jobs: Sequence[ClaimedJob]) -> Mapping[int, SearchQuery]:
        queries = SearchQuery.objects.select_related("session").in_bulk([job.subject_id for job in jobs])
        return {job.id: queries[job.subject_id] for job in jobs if job.subject_id in queries}

    async def run(self, job: ClaimedJob, calls: Calls) -> Answer:
        query: SearchQuery | None = job.prepared
        if query is None:
            raise GiveUp("The query was deleted before it was asked.", code="gone")
        session = query.session
        engine = configured_engine(session.engine)
        if engine is None:
            raise PauseBatch(f"The search engine {session.engine} isn't set up for the workers.", code="no_engine")
        asked = Query(query.text, country=session.country, language=session.language, most=session.per_query)
        return await find(asked, calls=calls, engine=engine)

    def store(self, finished: Sequence[Finished[Answer]]) -> None:
        """Stored again after a commit whose answer was lost, the results take the place of those before."""
        now = timezone.now()
        kept = _locked({one.job.prepared.session_id for one in finished})
        queries, results = [], []
        for one in finished:
            query: SearchQuery = one.job.prepared
            if query.session_id not in kept:
                continue
            query.state, query.error, query.searched_at = SearchQuery.State.DONE, "", now
            query.is_cached, query.cost_micros = one.result.is_cached, one.result.cost_micros
            found = _results(query, one.result)
            query.result_count = len(found)
            queries.append(query)
            results.extend(found)
        SearchResult.objects.filter(query__in=queries).delete()
        SearchQuery.objects.bulk_update(queries, _UPDATED)
        SearchResult.objects.bulk_create(results)
        _raise_tags(queries)

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        for one in jobs:
            asked = SearchQuery.objects.filter(pk=one.job.subject_id)
            asked.update(state=SearchQuery.State.FAILED, error=one.reason[:300])
        _raise_tags(list(SearchQuery.objects.filter(pk__in=[one.job.subject_id for one in jobs])))


def _results(query: SearchQuery, answer: Answer) -> list[SearchResult]:
    lists = Lists(frozenset(query.session.allow), frozenset(query.session.deny))
    return [
        SearchResult(
            query=query,
            session=query.session,
            rank=hit.rank,
            title=hit.title,
            snippet=hit.snippet,
            url=hit.url,
            domain=hit.domain,
            is_denied=lists.denies(hit.domain),
        )
        for hit in answer.hits
    ]


def _locked(sessions: Collection[int]) -> set[int]:
    """Those that are still there, and stay until what is found for them is stored: a cancelled one may be deleted."""
    rows = SearchSession.objects.select_for_update(no_key=True).filter(pk__in=sessions).order_by("pk")
    return set(rows.values_list("pk", flat=True))


def _raise_tags(queries: Sequence[SearchQuery]) -> None:
    sessions = {query.session_id for query in queries}
    bump("searches", *(f"search:{session_id}" for session_id in sessions))

"""A session's queries are asked once each, cached, within limits and budget, and their results stored."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from performance.jobs import services as jobs
from performance.jobs.models import Batch, Job, PaidCall
from performance.jobs.runner import slice as slices
from prospects.search import pace
from prospects.search.errors import BadDomains, NoEngine, NoQueries, StillAtWork, TooManyQueries
from prospects.search.models import SearchQuery, SearchResult, SearchSession
from prospects.search.services import SearchPlan, delete_session, sites_of, submit_search
from tests import factories
from tests.servers.search_engines import SearchEngines

pytestmark = pytest.mark.django_db(transaction=True)
WorkOff = Callable[[], None]
ACME = ("Acme", "https://www.acme.com/", "Bakers")
WIKI = ("Acme", "https://en.wikipedia.org/wiki/Acme", "An article")


@pytest.fixture(autouse=True)
def _set_up(settings: Settings, engines: SearchEngines) -> None:
    settings.SEARXNG_URL, settings.SEARCH_ENGINE = engines.url, "searxng"
    engines.answers |= {"acme": [WIKI, ACME, ("Team", "https://acme.com/team", "")], "bolt": []}


def test_results_are_stored_in_order_with_what_a_query_came_to(engines: SearchEngines, work_off: WorkOff) -> None:
    person = factories.make_user()

    session = submit_search(SearchPlan(queries=["Acme", " acme ", "Bolt", "Acme"]), owner=person)
    work_off()

    first, folded, second = SearchQuery.objects.filter(session=session).order_by("position")
    assert (first.text, first.state, first.result_count, first.error) == ("Acme", "done", 3, "")
    assert (folded.text, second.text, second.result_count) == ("acme", "Bolt", 0)
    results = SearchResult.objects.filter(query=first).order_by("rank").values_list("rank", "domain", "title")
    assert list(results) == [(1, "wikipedia.org", "Acme"), (2, "acme.com", "Acme"), (3, "acme.com", "Team")]
    session.refresh_from_db()
    assert session.batch is not None
    assert (session.batch.state, session.owner, session.title) == ("finished", person, "Acme and 2 more")


def test_the_same_question_within_six_hours_is_answered_from_the_ledger(
    engines: SearchEngines, work_off: WorkOff
) -> None:
    for _ in range(2):
        session = submit_search(SearchPlan(queries=["Acme"]))
        work_off()
    asked_before = len(engines.asked)

    other = submit_search(SearchPlan(queries=["Acme"], country="DE"))
    PaidCall.objects.update(finished_at=timezone.now() - timedelta(hours=6, seconds=1))
    submit_search(SearchPlan(queries=["Acme"]))
    work_off()

    assert asked_before == 1
    assert session.queries.get().is_cached
    assert session.results.count() == 3
    assert len(engines.asked) == 3
    assert not other.queries.get().is_cached


def test_denied_sites_are_kept_and_marked(work_off: WorkOff) -> None:
    denying = submit_search(SearchPlan(queries=["Acme"], deny=["https://www.wikipedia.org/", ""]))
    allowing = submit_search(SearchPlan(queries=["Acme"], allow=["acme.com"]))
    work_off()

    for session in (denying, allowing):
        marked = SearchResult.objects.filter(session=session, is_denied=True).values_list("domain", flat=True)
        assert list(marked) == ["wikipedia.org"]
        assert sites_of(session) == ["acme.com"]


def test_a_paid_engine_is_paid_once_and_says_what_it_cost(paid_engines: SearchEngines, work_off: WorkOff) -> None:
    for _ in range(2):
        session = submit_search(SearchPlan(queries=["Acme"], engine="serper"))
        work_off()

    costs = SearchQuery.objects.order_by("pk").values_list("cost_micros", "is_cached")
    assert list(costs) == [(1000, False), (0, True)]
    assert [question.engine for question in paid_engines.asked] == ["serper"]
    session.refresh_from_db()
    assert session.batch is not None
    assert session.batch.spent_micros == 0


def test_a_budget_of_nothing_asks_no_paid_engine(paid_engines: SearchEngines, work_off: WorkOff) -> None:
    session = submit_search(SearchPlan(queries=["Acme"], engine="google", budget_micros=0))
    work_off()

    session.refresh_from_db()
    assert session.batch is not None
    assert (session.batch.state, paid_engines.asked) == ("paused", [])


def test_a_days_calls_are_counted_over_sessions_and_the_next_day_begins_anew(
    paid_engines: SearchEngines, settings: Settings, work_off: WorkOff
) -> None:
    settings.SEARCH_PER_DAY = 1
    submit_search(SearchPlan(queries=["Acme", "Bolt"], engine="serper"))
    work_off()

    waiting = Job.objects.get(state="ready")
    assert len(paid_engines.asked) == 1
    assert (waiting.error_code, waiting.attempts) == ("daily_limit", 0)
    assert pace.count("serper", at=timezone.now() + timedelta(days=1)) == 1
    assert pace.until_midnight_s(datetime(2026, 1, 1, 23, 59, 30, tzinfo=UTC)) == 30


def test_a_busy_engine_is_asked_again_without_an_attempt(
    engines: SearchEngines, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It stays busy for as long as the slice lasts.
    monkeypatch.setattr(slices, "SLICE_S", 3.0)
    engines.faults["searxng"] = 429
    session = submit_search(SearchPlan(queries=["Acme"]))
    work_off()

    job = Job.objects.get()
    assert (job.state, job.error_code, job.attempts) == ("ready", "engine_busy", 0)
    assert session.queries.get().state == "queued"


def test_an_engine_that_refuses_pauses_the_session_and_says_why(paid_engines: SearchEngines, work_off: WorkOff) -> None:
    paid_engines.faults["serper"] = 403
    session = submit_search(SearchPlan(queries=["Acme"], engine="serper"))
    work_off()

    session.refresh_from_db()
    assert session.batch is not None
    assert (session.batch.state, session.batch.pause_reason) == ("paused", "Serper answered 403: said no")


def test_without_an_engine_nothing_is_stored_and_it_says_what_to_set(settings: Settings) -> None:
    settings.SEARXNG_URL = settings.SEARCH_ENGINE = ""

    with pytest.raises(NoEngine, match="SEARXNG_URL"):
        submit_search(SearchPlan(queries=["Acme"]))
    with pytest.raises(NoEngine, match="google isn't set up"):
        submit_search(SearchPlan(queries=["Acme"], engine="google"))

    assert not SearchSession.objects.exists()


def test_what_cant_be_searched_for_is_refused_whole() -> None:
    with pytest.raises(NoQueries):
        submit_search(SearchPlan(queries=["", " \x00 "]))
    with pytest.raises(TooManyQueries):
        submit_search(SearchPlan(queries=[str(number) for number in range(100_001)]))
    with pytest.raises(BadDomains, match="no domain"):
        submit_search(SearchPlan(queries=["Acme"], deny=["not a domain"]))

    assert not SearchSession.objects.exists()
    assert not Batch.objects.exists()


def test_a_session_at_work_isnt_deleted_and_a_cancelled_one_is_with_all_it_has(work_off: WorkOff) -> None:
    session = submit_search(SearchPlan(queries=["Acme"]))
    with pytest.raises(StillAtWork):
        delete_session(session.pk)
    assert session.batch is not None

    work_off()
    other = submit_search(SearchPlan(queries=["Bolt"]))
    assert other.batch is not None
    jobs.cancel(other.batch.pk)
    for each in (session, other, session):
        delete_session(each.pk)

    assert not SearchSession.objects.exists()
    assert not SearchQuery.objects.exists()
    assert not SearchResult.objects.exists()


def test_a_company_can_be_what_a_query_is_about(work_off: WorkOff) -> None:
    companies = [factories.make_company(name="Acme"), factories.make_company(name="Acme")]

    session = submit_search(SearchPlan(queries=["Acme", "Acme"], companies=companies))
    work_off()

    asked = session.queries.order_by("position").values_list("company", "result_count")
    assert list(asked) == [(companies[0].pk, 3), (companies[1].pk, 3)]

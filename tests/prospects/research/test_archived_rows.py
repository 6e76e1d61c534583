"""What research leaves behind may go when it is old: all that belongs together, and nothing that is still needed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from performance.database.archival import runs
from performance.database.archival.chunks import archive_chunk
from performance.database.archival.models import ArchivalRun
from performance.database.archival.restoring import restore_chunk
from performance.database.archival.runs import Wish
from prospects.company_profiles.models import ProfileConflict, ProfileValue
from prospects.crawl.models import CrawlHost, CrawlJob
from prospects.pages.models import Page, PageText
from prospects.research.models import ResearchBatch, ResearchItem
from prospects.search.models import SearchQuery, SearchResult, SearchSession
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, tzinfo=UTC)
OLD = AT - timedelta(days=200)


def worked(run: ArchivalRun) -> ArchivalRun:
    """The run, to its end."""
    step = restore_chunk if run.work == "restore" else lambda pk: archive_chunk(pk, limit=100)
    while not step(run.pk):
        pass
    run.refresh_from_db()
    return run


def moved(target: str, *, condition: str = "") -> ArchivalRun:
    wish = Wish(target=target, action="move", older_than_days=100, condition=condition)
    return worked(runs.start(wish, at=AT, owner=None))


def restored(run: ArchivalRun) -> ArchivalRun:
    return worked(runs.restore(run.pk, at=AT, owner=None))


def ended(**fields: Any) -> Any:
    return factories.make_batch(**{"state": "finished", "finished_at": OLD} | fields)


def old_item(research: ResearchBatch, **fields: Any) -> ResearchItem:
    plain = {"outcome": "done", "company": factories.make_company(), "created_at": OLD}
    return ResearchItem.objects.create(research=research, **plain | fields)


def rows(*models: type) -> list[int]:
    return [model.objects.count() for model in models]  # type: ignore[attr-defined]


def test_a_session_goes_with_its_queries_and_results_and_comes_back_whole() -> None:
    session = factories.make_search(texts=("acme", "globex"), batch=ended())
    research = factories.make_research(session=session)
    before = list(SearchResult.objects.order_by("pk").values())

    run = moved("searches")
    gone = rows(SearchSession, SearchQuery, SearchResult)
    research.refresh_from_db()
    unnamed = research.session_id
    restored(run)

    assert (run.rows, run.child_rows, gone, unnamed) == (1, 4, [0, 0, 0], None)
    assert list(SearchResult.objects.order_by("pk").values()) == before
    research.refresh_from_db()
    assert research.session == session


def test_sessions_that_are_searched_or_young_stay() -> None:
    factories.make_search(batch=factories.make_batch(state="running", created_at=OLD), created_at=OLD)
    factories.make_search(batch=ended(finished_at=AT))

    assert moved("searches").rows == 0


def test_of_sessions_those_can_be_chosen_that_nothing_came_of() -> None:
    used, empty = factories.make_search(batch=ended()), factories.make_search(batch=ended(), texts=())
    factories.make_research(session=used)

    assert (moved("searches", condition="unused").rows, SearchSession.objects.get()) == (1, used)
    assert moved("searches", condition="empty").rows == 0
    assert empty.pk


def test_a_crawl_that_waits_stays() -> None:
    waits = factories.make_crawl(created_at=OLD)
    factories.make_crawl(state="failed", finished_at=OLD)

    assert moved("crawls", condition="failed").rows == 1
    assert moved("crawls").rows == 0
    assert CrawlJob.objects.get() == waits


def test_a_host_that_is_being_asked_stays() -> None:
    for name, fields in {"idle": {}, "asked": {"leased_until": datetime(2100, 1, 1, tzinfo=UTC)}}.items():
        CrawlHost.objects.create(origin=f"https://{name}.example", **fields)
    CrawlHost.objects.update(updated_at=OLD)

    assert moved("crawl-hosts").rows == 1
    assert CrawlHost.objects.get().origin == "https://asked.example"


def test_a_text_goes_with_all_its_pages_but_not_while_a_value_quotes_it() -> None:
    page = factories.make_page(fetched_at=OLD)
    again = factories.make_page(fetched_at=OLD, text=page.text)
    quoted, young = factories.make_page(fetched_at=OLD), factories.make_page(fetched_at=AT)
    factories.make_value(text=quoted.text)
    PageText.objects.update(created_at=OLD)
    PageText.objects.exclude(pages__isnull=False).delete()

    run = moved("pages")

    assert (run.rows, run.child_rows) == (1, 2)
    assert set(Page.objects.all()) == {quoted, young}
    restored(run)
    assert set(Page.objects.filter(text=page.text)) == {page, again}


def test_of_pages_without_a_text_those_that_were_read_once_stay() -> None:
    factories.make_page(fetched_at=OLD, outcome="gone", text=None)
    read = factories.make_page(fetched_at=OLD, outcome="gone")

    assert moved("unread-pages", condition="gone").rows == 1
    assert Page.objects.get() == read


def test_values_that_hold_and_decisions_of_people_stay() -> None:
    holds, was = factories.make_value(last_seen_at=OLD), factories.make_value(last_seen_at=OLD, is_current=False)
    asks = factories.make_conflict(value=was)
    for state in ("accepted", "kept", "outdated"):
        factories.make_conflict(state=state)
    ProfileConflict.objects.update(created_at=OLD)

    assert (moved("old-values").rows, ProfileValue.objects.get()) == (1, holds)
    assert moved("outdated-conflicts").rows == 1
    assert set(ProfileConflict.objects.values_list("state", flat=True)) == {"open", "accepted", "kept"}
    asks.refresh_from_db()
    assert asks.value_id is None


def test_results_leave_once_their_batch_has_ended_and_was_followed() -> None:
    done = factories.make_research(batch=ended(kind="research.company"))
    at_work = factories.make_research()
    unfollowed = factories.make_research(batch=ended(kind="research.company"), is_followed=False)
    for research in (done, at_work, unfollowed):
        old_item(research)

    assert moved("research-items").rows == 1
    assert set(ResearchItem.objects.values_list("research", flat=True)) == {at_work.pk, unfollowed.pk}


def test_a_companys_last_result_can_be_left_to_the_statistics() -> None:
    research, again = (factories.make_research(batch=ended(kind="research.company")) for _ in range(2))
    company = factories.make_company()
    old_item(research, company=company)
    last = old_item(again, company=company, created_at=OLD + timedelta(days=1))

    assert moved("research-items", condition="superseded").rows == 1
    assert ResearchItem.objects.get() == last


@pytest.mark.django_db(transaction=True)
def test_nobody_sees_from_the_cache_what_left(client: Client) -> None:
    factories.make_search(batch=ended())
    client.force_login(factories.make_user(permissions=["prospects.view_searchsession"]))
    address = "/api/v1/search/sessions"
    before = client.get(address).json()["results"]

    run = moved("searches")
    gone = client.get(address).json()["results"]
    restored(run)

    assert (len(before), gone) == (1, [])
    assert client.get(address).json()["results"] == before

"""What people look at after a search or a research is there before they ask for it."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from performance.cache.warming import warm, warmers
from performance.jobs.models import Batch
from prospects.research.models import ResearchItem
from prospects.research.statistics import statistics
from prospects.search.models import SearchResult, SearchSession
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(settings: Settings) -> Client:
    """Somebody who was here lately."""
    settings.PUBLIC_URL = "http://testserver"
    may = ["view_searchsession", "view_searchquery", "view_searchresult", "view_researchbatch"]
    user = factories.make_user(permissions=[f"prospects.{each}" for each in may], last_login=timezone.now())
    client = Client()
    client.force_login(user)
    return client


def titles(client: Client, address: str) -> list[str]:
    return [each["title"] for each in client.get(address).json()["results"]]


def test_what_the_last_searches_found_is_kept_and_one_at_work_isnt(reader: Client) -> None:
    ended = factories.make_search(title="Before")
    at_work = factories.make_search(title="Before", batch=factories.make_batch())

    [warmed] = warm(["recent searches"])
    # Behind the cache's back: whoever sees this was not answered from what had been made.
    SearchSession.objects.update(title="After")
    SearchResult.objects.update(title="After")

    assert (warmed.values, warmed.error) == (3, "")
    assert titles(reader, "/api/v1/search/sessions") == ["Before", "Before"]
    assert titles(reader, f"/api/v1/search/sessions/{ended.pk}/results") == [""]
    assert titles(reader, f"/api/v1/search/sessions/{at_work.pk}/results") == ["After"]


def test_the_list_of_research_is_kept(reader: Client) -> None:
    research = factories.make_research()

    [warmed] = warm(["recent research"])
    Batch.objects.filter(pk=research.pk).update(title="After")

    assert (warmed.values, warmed.error) == (1, "")
    assert titles(reader, "/api/v1/company/batch") == ["Research"]


def test_statistics_are_made_anew_before_they_are_too_old() -> None:
    ended = factories.make_batch(kind="research.company", state="finished", finished_at=timezone.now())
    research = factories.make_research(batch=ended)
    warm(["research statistics"])
    ResearchItem.objects.create(research=research, company=factories.make_company(), outcome="done")
    kept = [statistics(None)["companies"], statistics(ended)["companies"]]

    [warmed] = warm(["research statistics"])

    assert kept == [0, 0]
    assert (warmed.values, warmed.error) == (2, "")
    assert [statistics(None)["companies"], statistics(ended)["companies"]] == [1, 1]
    [every_s] = [each.every_s for each in warmers() if each.name == "research statistics"]
    assert every_s < 900


def test_of_research_that_ended_long_ago_nothing_is_counted_ahead() -> None:
    factories.make_research(batch=factories.make_batch(state="finished", finished_at=factories.AT))

    [warmed] = warm(["research statistics"])

    assert (warmed.values, warmed.error) == (0, "")

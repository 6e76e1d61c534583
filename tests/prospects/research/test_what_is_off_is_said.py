"""Without an engine, a site, an LLM or Valkey research still finds what can be found, and says what it did without."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from prospects.company_profiles.models import ProfileValue
from prospects.pages.models import Page
from prospects.research.models import ResearchItem
from prospects.research.plan import ResearchPlan
from prospects.research.services import submit_research
from tests.performance.limits.conftest import valkey_away  # noqa: F401 - a fixture
from tests.servers.web.running import RunningWeb

pytestmark = pytest.mark.django_db(transaction=True)
WorkOff = Callable[[], None]


def researched(web: RunningWeb, work_off: WorkOff, **more: object) -> ResearchItem:
    """What comes of a company whose site is plain."""
    plan = ResearchPlan(domains=[web.with_trait("plain")[0].domain], **more)  # type: ignore[arg-type]  # a test says what it means
    research = submit_research(plan).research
    work_off()
    return ResearchItem.objects.get(research=research)


def test_without_valkey_all_is_found_and_that_it_took_longer_is_said(
    web: RunningWeb,
    work_off: WorkOff,
    valkey_away: None,  # noqa: F811
) -> None:
    first, again = (researched(web, work_off, mode="basic") for _ in range(2))

    assert (first.outcome, first.is_cached, again.outcome, again.is_cached) == ("done", False, "done", True)
    assert [one["code"] for one in first.degraded] == [one["code"] for one in again.degraded] == ["no_valkey"]
    assert first.value_count == again.value_count > 0


def test_without_an_llm_the_rules_find_what_they_find(web: RunningWeb, work_off: WorkOff) -> None:
    item = researched(web, work_off, mode="standard")

    assert (item.outcome, [one["code"] for one in item.degraded]) == ("done", ["llm_off"])
    assert "llm" not in set(ProfileValue.objects.values_list("method", flat=True))


def test_a_site_that_is_down_gives_the_last_known_pages_with_their_day(web: RunningWeb, work_off: WorkOff) -> None:
    first = researched(web, work_off, mode="basic")
    day = timezone.now() - timedelta(days=3)
    Page.objects.update(fetched_at=day, text_at=day)
    web.control(down=[first.asked_domain])

    item = researched(web, work_off, mode="basic", is_forced=True)

    web.control(down=[])
    assert (item.outcome, item.code, item.page_count) == ("partial", "site_down", first.page_count)
    assert f"Its pages of {day.day} {day:%B %Y} were used." in item.degraded[0]["says"]
    assert item.filled == first.filled

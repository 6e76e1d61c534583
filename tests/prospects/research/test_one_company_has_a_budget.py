"""Nothing is bought for a company beyond what one may cost, whatever its batch has left, and the result says so."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from pytest_django import Settings

from performance.jobs.kinds import CallFailed, CallUncertain, Gate, PaidRequest, PauseBatch, Reply, Send
from performance.jobs.models import Batch
from prospects.research.models import ResearchItem
from prospects.research.plan import ResearchPlan
from prospects.research.services import submit_research
from prospects.research.spending import Capped
from tests.servers.openai_server import RunningServer, running_openai_server
from tests.servers.web.running import RunningWeb


class Till:
    """Takes what it is told to, and counts what was bought."""

    def __init__(self, *ends: Reply | Exception) -> None:
        self.ends = list(ends)
        self.bought = 0

    async def once(self, request: PaidRequest, send: Send, *, gate: Gate | None = None) -> Reply:
        self.bought += 1
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end


async def _never_sent() -> Reply:
    raise AssertionError


def buy(capped: Capped, estimate_micros: int) -> Reply:
    return asyncio.run(capped.once(PaidRequest("key", estimate_micros, 1.0, 0), _never_sent))


@pytest.mark.parametrize(
    ("first", "is_bought"),
    [
        (Reply({}, cost_micros=40), True),
        (Reply({}, cost_micros=60), False),
        (Reply({}, cost_micros=60, is_from_ledger=True), True),
        (CallFailed("It wasn't charged."), True),
        (CallUncertain("It may have been charged."), False),
    ],
    ids=["cheap", "dear", "known", "failed", "unknown"],
)
def test_a_second_call_is_bought_while_there_is_money(first: Reply | Exception, is_bought: bool) -> None:
    till = Till(first, Reply({}))
    capped = Capped(till, 100)
    with suppress(CallFailed, CallUncertain):
        buy(capped, 60)

    if is_bought:
        buy(capped, 60)
    else:
        with pytest.raises(PauseBatch) as refused:
            buy(capped, 60)
        assert (refused.value.code, refused.value.reason) == (
            "budget",
            "One company may cost $0.0001 (COMPANY_BUDGET_USD).",
        )

    assert till.bought == 1 + is_bought


@pytest.fixture(scope="module")
def llm() -> Iterator[RunningServer]:
    with running_openai_server() as running:
        yield running


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("dollars", "is_asked"), [(0.0, False), (1.0, True)])
def test_a_company_that_would_cost_more_goes_without_and_says_so(
    web: RunningWeb,
    work_off: Callable[[], None],
    llm: RunningServer,
    settings: Settings,
    dollars: float,
    is_asked: bool,
) -> None:
    settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, settings.OPENAI_MODEL = llm.base_url, "sk-any", "gpt-5-mini"
    settings.COMPANY_BUDGET_USD = dollars
    llm.control(reset=True)
    domains = [one.domain for one in web.with_trait("plain")[:2]]

    research = submit_research(ResearchPlan(domains=domains, mode="comprehensive")).research
    work_off()

    assert Batch.objects.get(pk=research.pk).state == "finished"
    lacking = {one["code"] for item in ResearchItem.objects.all() for one in item.degraded}
    assert ("budget_used" in lacking) is not is_asked
    assert (llm.ledger()["requests"] > 0) is is_asked

"""The gateway on the real ledger: what jobs of the engine buy, buy again, or may not buy."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from performance.jobs import kinds
from performance.jobs.kinds import Calls, ClaimedJob, Kind, Policy
from performance.jobs.models import Batch, Job, PaidCall
from performance.jobs.runner.slice import Slice
from performance.jobs.submission import BatchOptions, Subject, submit_batch
from prospects.llm import gateway
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.gateway import gateway_for_loop
from tests.prospects.llm.conftest import question
from tests.servers.openai_server import RunningServer

pytestmark = pytest.mark.django_db(transaction=True)


class Asking(Kind[dict[str, Any]]):
    """Each job asks about one company."""

    name = "test.asking"
    queue = "test-asking"
    policy = Policy(max_attempts=3, base_delay_s=0.01, max_delay_s=0.05, timeout_s=20.0)

    def __init__(self, endpoint: EndpointConfig) -> None:
        self.endpoint = endpoint

    async def run(self, job: ClaimedJob, calls: Calls) -> dict[str, Any]:
        request = question(self.endpoint, f"Company {job.subject_id}")
        return (await gateway_for_loop().complete(request, calls=calls)).parsed


Work = Callable[..., Batch]


@pytest.fixture
def work(endpoint: EndpointConfig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Submit a batch of questions and work until nothing is left to do."""
    gateway._learnt.clear()
    kind = Asking(endpoint)
    monkeypatch.setitem(kinds._kinds, Asking.name, kind)

    def run(count: int, *, model: str = "gpt-5-mini", **options: Any) -> Batch:
        kind.endpoint = EndpointConfig(endpoint.base_url, model, endpoint.api_key, timeout_s=5.0)
        wish = BatchOptions(**{"budget_micros": 1_000_000, "concurrency": 20} | options)
        subjects = [Subject(number) for number in range(1, count + 1)]
        batch = submit_batch(kind=Asking.name, subjects=subjects, options=wish).batch
        # A slice ends when all that is left waits for its retry; the pump would wake another.
        while batch.state == Batch.State.RUNNING:
            asyncio.run(Slice(Asking.queue).run())
            batch.refresh_from_db()
        return batch

    yield run
    gateway._learnt.clear()


def test_every_job_buys_its_answer_once_and_the_budget_is_settled_to_the_real_cost(
    server: RunningServer, work: Work
) -> None:
    batch = work(40)

    costs = PaidCall.objects.filter(batch=batch).values_list("cost_micros", flat=True)
    assert (batch.state, batch.succeeded, batch.calls) == ("finished", 40, 40)
    assert (batch.spent_micros, batch.reserved_micros) == (sum(costs), 0)
    assert (server.ledger()["charges"], server.ledger()["distinct"]) == (40, 40)


def test_a_second_batch_of_the_same_questions_costs_nothing(server: RunningServer, work: Work) -> None:
    first = work(20)

    second = work(20)

    assert (second.succeeded, second.calls, second.ledger_hits) == (20, 0, 20)
    assert (second.spent_micros, second.saved_micros) == (0, first.spent_micros)
    assert server.ledger()["charges"] == 20


def test_a_tenth_of_calls_failing_at_first_loses_no_job(server: RunningServer, work: Work) -> None:
    server.control(faults={"server_error": 0.1, "rate_limited": 0.1}, only_first=True, retry_after=0.1)

    batch = work(60)

    assert (batch.succeeded, batch.dead, batch.parked) == (60, 0, 0)
    assert server.ledger()["charges"] == 60


def test_a_run_survives_an_outage_without_using_up_attempts(server: RunningServer, work: Work) -> None:
    server.control(outage_s=1.5, outage_mode="error")

    batch = work(40)

    assert (batch.succeeded, batch.dead, batch.parked) == (40, 0, 0)
    assert max(Job.objects.filter(batch=batch).values_list("attempts", flat=True)) <= 2
    assert server.ledger()["charges"] == 40


def test_an_unknown_model_pauses_the_batch_and_says_why(server: RunningServer, work: Work) -> None:
    batch = work(10, model="gpt-99")

    assert (batch.state, batch.pause_code) == ("paused", "unknown_model")
    assert "'gpt-99'" in batch.pause_reason
    assert (batch.spent_micros, batch.reserved_micros) == (0, 0)
    assert Job.objects.filter(batch=batch, state="ready").count() == 10


def test_a_reset_after_the_charge_parks_the_job_and_nothing_is_bought_twice(server: RunningServer, work: Work) -> None:
    server.control(faults={"reset_after": 0.2})

    batch = work(30)

    ledger = server.ledger()
    assert batch.parked == ledger["faults"]["reset_after"]
    assert batch.succeeded + batch.parked == 30
    assert ledger["charges"] == ledger["distinct"] == 30

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from performance.jobs import services as jobs
from performance.jobs.models import Batch, Job
from prospects.companies.models import Prospect
from prospects.prompts.content import Content
from prospects.prompts.services import activate, save_version
from prospects.qualification.errors import BudgetBelowOneCall, NoFit, NoReason, OutOfRange, UnknownProspects
from prospects.qualification.estimate import questions
from prospects.qualification.models import Fit, QualificationRun
from prospects.qualification.plan import RunPlan
from prospects.qualification.services import estimate_run, override_fit, settled, submit_run
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def llm(settings: Any) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"


def plan(count: int = 3, **more: Any) -> RunPlan:
    prospects = [factories.make_prospect().pk for _ in range(count)]
    return RunPlan(prospect_ids=prospects, icp_version=factories.make_icp_version(), **more)


def test_a_run_is_a_batch_with_a_job_for_each_prospect() -> None:
    asked = plan(batch_size=2, max_concurrent_batches=3, max_retries=4, title="Spring list")

    submission = submit_run(asked)

    batch = submission.run.batch
    assert submission.is_new
    assert (batch.kind, batch.title, batch.total) == ("qualification.run", "Spring list", 3)
    assert (batch.concurrency, batch.max_attempts, batch.budget_micros) == (6, 5, 0)
    assert set(Job.objects.values_list("subject_id", flat=True)) == set(asked.prospect_ids)
    assert submission.run.settings["batch_size"] == 2


def test_the_same_work_while_active_is_the_same_run() -> None:
    asked = plan()
    first = submit_run(asked)

    second = submit_run(asked)

    assert (second.is_new, second.run.pk) == (False, first.run.pk)
    assert Batch.objects.count() == QualificationRun.objects.count() == 1


def test_after_its_end_the_same_work_is_a_new_run() -> None:
    asked = plan()
    first = submit_run(asked)
    jobs.cancel(first.run.pk)

    second = submit_run(asked)

    assert second.is_new
    assert second.run.pk != first.run.pk


def test_a_prospect_that_is_not_there_or_archived_is_named() -> None:
    archived = factories.make_prospect(archived_at=timezone.now())
    asked = RunPlan(prospect_ids=[archived.pk, 999_999], icp_version=factories.make_icp_version())

    with pytest.raises(UnknownProspects, match=f"don't exist or are archived: {archived.pk}, 999999"):
        submit_run(asked)

    assert not Batch.objects.exists()


@pytest.mark.usefixtures("llm")
def test_a_budget_below_the_dearest_call_is_refused() -> None:
    with pytest.raises(BudgetBelowOneCall, match="can't pay one call"):
        submit_run(plan(budget_micros=10))

    assert not Batch.objects.exists()


def test_the_rubric_costs_nothing() -> None:
    estimate = estimate_run(plan())

    assert (estimate.prospects, estimate.calls, estimate.cost_micros) == (3, 0, 0)


@pytest.mark.usefixtures("llm")
def test_what_the_ledger_holds_costs_nothing() -> None:
    asked = plan(4)
    first, second, third, _ = questions(settled(asked), prospect_ids=asked.prospect_ids)
    factories.make_paid_call(key=first.key, finished_at=timezone.now())
    factories.make_paid_call(key=second.key, finished_at=factories.AT)  # long ago
    factories.make_paid_call(key=third.key, state="failed", finished_at=timezone.now())

    estimate = estimate_run(asked)

    assert (estimate.prospects, estimate.calls, estimate.from_ledger) == (4, 3, 1)
    assert 0 < estimate.call_micros < 20_000
    assert estimate.cost_micros < 3 * estimate.call_micros


@pytest.mark.usefixtures("llm")
def test_a_run_takes_the_repair_prompt_in_use_with_it() -> None:
    activate(save_version(name="qualify-repair", content=Content("", "Once more: {{ problem }}", {})))

    assert submit_run(plan()).run.batch.params == {"repair": "Once more: {{ problem }}"}


@pytest.mark.usefixtures("llm")
def test_an_estimate_says_when_the_price_is_assumed() -> None:
    assert estimate_run(plan(model="gpt-5-mini")).assumed == ""
    assert estimate_run(plan(model="llama3")).assumed == (
        "the model's price isn't known: $5.00 in and $30.00 out per million tokens are assumed"
    )


@pytest.mark.usefixtures("llm")
def test_a_sample_is_scaled_up() -> None:
    estimate = estimate_run(plan(6), sample=2)

    assert (estimate.prospects, estimate.sampled, estimate.calls) == (6, 2, 6)


@pytest.mark.usefixtures("llm")
def test_an_estimate_takes_few_statements_and_writes_nothing() -> None:
    asked = plan(10)

    with CaptureQueriesContext(connection) as statements:
        estimate_run(asked)

    assert len(statements) <= 6
    assert not any(query["sql"].startswith(("INSERT", "UPDATE")) for query in statements)


def test_an_override_is_what_counts_and_says_who_when_and_why() -> None:
    fit, person = factories.make_fit(), factories.make_user()
    given = {"prospect": fit.prospect, "icp": fit.icp, "by": person}

    override_fit(score=95, reason=" They called us ", **given)

    fit.refresh_from_db()
    assert (fit.score, fit.level, fit.override_score, fit.override_reason) == (95, "excellent", 95, "They called us")
    assert fit.override_by == person
    assert fit.override_at is not None

    override_fit(score=None, reason="", **given)

    fit.refresh_from_db()
    assert (fit.score, fit.level, fit.override_score, fit.override_reason) == (75, "good", None, "")


def test_an_override_without_reason_beyond_range_or_of_nobody_changes_nothing() -> None:
    fit, person = factories.make_fit(), factories.make_user()
    stranger: Prospect = factories.make_prospect()

    with pytest.raises(NoReason):
        override_fit(prospect=fit.prospect, icp=fit.icp, score=95, reason=" ", by=person)
    with pytest.raises(OutOfRange):
        override_fit(prospect=fit.prospect, icp=fit.icp, score=101, reason="x", by=person)
    with pytest.raises(NoFit):
        override_fit(prospect=stranger, icp=fit.icp, score=95, reason="x", by=person)

    assert Fit.objects.get().override_score is None

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from performance.jobs.kinds import ClaimedJob, Finished, Reply, Stuck
from prospects.companies.models import Prospect
from prospects.llm.answers import Flaw, Unusable
from prospects.llm.repair import repaired
from prospects.prompts.services import active
from prospects.qualification.judged import Place, judged
from prospects.qualification.kind import QualificationKind
from prospects.qualification.models import Qualification, QualificationRun
from tests import factories

pytestmark = pytest.mark.django_db

KIND = QualificationKind()


def claimed(run: QualificationRun, prospect: Prospect, **more: Any) -> ClaimedJob:
    given = {"id": prospect.pk, "fence": 1, "attempt": 2, "input": {}, "params": {}} | more
    return ClaimedJob(batch_id=run.pk, subject_id=prospect.pk, **given)


def llm_run() -> QualificationRun:
    return factories.make_run(qualifier="llm", model="gpt-5-mini", prompt_version=active("qualify"))


def test_many_jobs_are_prepared_in_four_statements() -> None:
    runs = [factories.make_run(), llm_run()]
    jobs = [claimed(run, factories.make_prospect()) for run in runs for _ in range(10)]

    with CaptureQueriesContext(connection) as statements:
        prepared = KIND.prepare(jobs)

    assert len(statements) == 4
    assert len(prepared) == 20


def test_a_repair_call_says_what_its_run_was_started_with(settings: Any) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    prospect = factories.make_prospect()
    job = claimed(llm_run(), prospect, params={"repair": "Once more: {{ problem }}"})

    brief = KIND.prepare([job])[prospect.pk]

    assert brief.questionnaire is not None
    request = brief.questionnaire.ask(brief.dossier)
    again = repaired(request, {"content": "Sure!"}, Unusable(Flaw.GARBAGE, "It is no JSON."))
    assert again.messages[-1]["content"] == "Once more: It is no JSON."


def test_a_prospect_that_is_gone_is_not_prepared() -> None:
    assert KIND.prepare([claimed(factories.make_run(), Prospect(pk=999_999))]) == {}


def test_what_a_verdict_took_is_stored_with_it() -> None:
    run, prospect = llm_run(), factories.make_prospect()
    place = Place(run_id=run.pk, icp_id=run.icp_version.icp_id, prospect_id=prospect.pk)
    brief = KIND.prepare([claimed(run, prospect)])[prospect.pk]
    result = judged([], brief.profile, place=place, qualifier="llm")
    replies = [Reply({}, 0, 100, 20, 1500, is_from_ledger=True), Reply({}, 7, 50, 10, 500)]
    finished = Finished(claimed(run, prospect), result, 2000, cost_micros=7, ledger_hits=1, calls=1, replies=replies)

    KIND.store([finished])

    row = Qualification.objects.get()
    assert (row.input_tokens, row.output_tokens, row.latency_ms, row.cost_micros, row.attempts) == (150, 30, 2000, 7, 2)
    assert not row.is_from_ledger


@pytest.mark.parametrize("is_prepared", [True, False])
def test_what_is_stuck_gets_the_rubrics_verdict_with_the_reason(is_prepared: bool) -> None:
    run, prospect = llm_run(), factories.make_prospect()
    job = claimed(run, prospect)
    if is_prepared:
        job = claimed(run, prospect, prepared=KIND.prepare([job])[job.id])

    KIND.stuck([Stuck(job, "parked", "cut_off", "The call was cut off.")])

    row = Qualification.objects.get()
    assert (row.qualifier, row.fallback_reason) == ("rubric_fallback", "The call was cut off.")
    assert len(row.verdicts) == 2


def test_nobody_stands_in_for_the_rubric_or_for_a_prospect_that_is_gone() -> None:
    rubric, llm = factories.make_run(), llm_run()

    KIND.stuck(
        [
            Stuck(claimed(rubric, factories.make_prospect()), "dead", "failed", "It failed."),
            Stuck(claimed(llm, Prospect(pk=999_999)), "dead", "gone", "It is gone."),
        ]
    )

    assert not Qualification.objects.exists()

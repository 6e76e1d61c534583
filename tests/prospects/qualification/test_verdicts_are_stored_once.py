from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prospects.companies.models import Prospect
from prospects.qualification.judged import Judged
from prospects.qualification.models import Fit, Qualification, QualificationRun
from prospects.qualification.storage import store_judged
from tests import factories

pytestmark = pytest.mark.django_db


def judged(run: QualificationRun, prospect: Prospect, *, score: int = 75, **more: Any) -> Judged:
    return Judged(
        run_id=run.pk,
        icp_id=run.icp_version.icp_id,
        prospect_id=prospect.pk,
        score=score,
        fit=factories.fit_level(score),
        verdicts=[{"criterion": "industry", "outcome": "met"}],
        gaps=["Unknown: employees"],
        reasoning="Fits.",
        recommendation="Call.",
        **{"qualifier": "llm"} | more,
    )


def test_many_verdicts_and_fits_take_two_statements() -> None:
    run = factories.make_run()
    rows = [judged(run, factories.make_prospect(), score=n) for n in range(30)]

    with CaptureQueriesContext(
        connection,
    ) as statements:
        store_judged(rows)

    assert len(statements) == 2
    assert Qualification.objects.filter(run=run).count() == 30
    assert sorted(Fit.objects.values_list("score", flat=True)) == list(range(30))


def test_everything_that_was_judged_is_kept() -> None:
    run, prospect = factories.make_run(), factories.make_prospect()
    row = judged(run, prospect, model="gpt-5-mini", input_tokens=10, output_tokens=5, cost_micros=7, latency_ms=2000)

    store_judged([replace(row, attempts=2, is_from_ledger=True)])

    stored = Qualification.objects.get()
    assert (stored.run_id, stored.prospect_id, stored.qualifier, stored.score, stored.fit) == (
        *(run.pk, prospect.pk, "llm", 75, "good"),
    )
    assert (stored.verdicts, stored.gaps) == ([{"criterion": "industry", "outcome": "met"}], ["Unknown: employees"])
    assert (stored.model, stored.input_tokens, stored.output_tokens, stored.cost_micros) == ("gpt-5-mini", 10, 5, 7)
    assert (stored.latency_ms, stored.attempts, stored.is_from_ledger) == (2000, 2, True)


def test_a_second_delivery_changes_nothing() -> None:
    run, prospect = factories.make_run(), factories.make_prospect()
    store_judged([judged(run, prospect, score=75)])

    store_judged([judged(run, prospect, score=10)])

    assert Qualification.objects.get().score == 75
    assert Fit.objects.get().score == 75


def test_the_llms_verdict_replaces_the_rubrics_stand_in_and_is_not_replaced_by_it() -> None:
    run, prospect = factories.make_run(), factories.make_prospect()
    stand_in = judged(run, prospect, score=50, qualifier="rubric").because("cut off")

    store_judged([stand_in])
    store_judged([judged(run, prospect, score=90)])
    store_judged([stand_in])

    assert Fit.objects.get().score == 90
    assert [row.score for row in Qualification.objects.ranking(run)] == [90]
    assert Qualification.objects.get(qualifier="rubric_fallback").fallback_reason == "cut off"


def test_a_late_verdict_of_an_older_run_does_not_replace_a_newer_runs() -> None:
    version, prospect = factories.make_icp_version(), factories.make_prospect()
    older, newer = (factories.make_run(icp_version=version) for _ in range(2))
    store_judged([judged(newer, prospect, score=80)])

    store_judged([judged(older, prospect, score=20)])

    assert Fit.objects.get().score == 80
    assert Qualification.objects.count() == 2


def test_an_override_survives_a_later_run() -> None:
    version, prospect = factories.make_icp_version(), factories.make_prospect()
    first = factories.make_qualification(run=factories.make_run(icp_version=version), prospect=prospect, score=20)
    factories.make_fit(
        qualification=first, score=95, level="excellent", override_score=95, override_reason="They called us"
    )
    later = factories.make_run(icp_version=version)

    store_judged([judged(later, prospect, score=30)])

    fit = Fit.objects.get()
    assert (fit.score, fit.level, fit.override_score, fit.override_reason) == (95, "excellent", 95, "They called us")
    assert fit.qualification.run_id == later.pk


def test_storing_nobody_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as statements:
        store_judged([])

    assert len(statements) == 0

from typing import Any

import pytest
from pytest_django import Settings

from performance.jobs.models import Batch, Job, Priority
from prospects.api.serializers.priorities import priority_of
from prospects.companies.models import Prospect
from prospects.qualification.models import QualificationRun
from tests.factories import make_company, make_icp, make_prospect
from tests.prospects.api.conftest import As

pytestmark = pytest.mark.django_db
QUALIFY = "/api/v1/qualify"


@pytest.fixture(autouse=True)
def _no_llm(settings: Settings) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""


def subjects(run_id: int) -> set[int]:
    return set(Job.objects.filter(batch=run_id).values_list("subject_id", flat=True))


def test_prospects_named_become_a_run_with_every_limit_asked_for(as_: As) -> None:
    icp, prospects = make_icp(), [make_prospect() for _ in range(3)]
    limits = {"batch_size": 2, "max_concurrent_batches": 3, "max_retries": 4, "delay_ms": 5}
    limits |= {"priority": 9, "on_unknown": "retry"}

    answer = as_("sales").post(QUALIFY, {"icp": icp.slug, "prospects": [one.pk for one in prospects], **limits})

    assert answer.status_code == 202, answer.json()
    run = QualificationRun.objects.select_related("batch").get()
    assert answer["Location"] == f"/api/v1/runs/{run.pk}"
    assert answer.json()["is_new"] is True
    assert answer.json()["run"]["priority"] == "urgent"
    assert subjects(run.pk) == {one.pk for one in prospects}
    batch = run.batch
    assert (batch.concurrency, batch.max_attempts, batch.delay_ms, batch.on_unknown) == (6, 5, 5, "retry")
    assert (batch.priority, run.qualifier) == (Priority.URGENT, "rubric")


def test_a_filter_becomes_a_run_over_what_it_finds(as_: As) -> None:
    icp = make_icp()
    found = make_prospect(company=make_company(country="US", industry="Food"))
    make_prospect(company=make_company(country="DE", industry="Food"))

    answer = as_("sales").post(QUALIFY, {"icp": icp.slug, "filter": {"country": "us"}})

    assert answer.status_code == 202, answer.json()
    assert subjects(answer.json()["run"]["id"]) == {found.pk}


def test_domains_become_prospects_once(as_: As) -> None:
    icp = make_icp()

    answer = as_("sales").post(QUALIFY, {"icp": icp.slug, "domains": ["https://www.acme.com/about", "ACME.com"]})

    assert answer.status_code == 202, answer.json()
    prospect = Prospect.objects.select_related("company").get()
    assert prospect.company.domain == "acme.com"
    assert subjects(answer.json()["run"]["id"]) == {prospect.pk}


def test_the_same_work_under_way_is_returned_and_not_repeated(as_: As) -> None:
    body = {"icp": make_icp().slug, "prospects": [make_prospect().pk]}
    client = as_("sales")

    first, second = client.post(QUALIFY, body), client.post(QUALIFY, body)

    assert (first.status_code, second.status_code) == (202, 200)
    assert second.json()["is_new"] is False
    assert first.json()["run"]["id"] == second.json()["run"]["id"]
    assert QualificationRun.objects.count() == 1


def test_the_same_key_returns_the_same_answer_and_another_body_under_it_is_refused(as_: As) -> None:
    icp, client = make_icp(), as_("sales")
    body = {"icp": icp.slug, "prospects": [make_prospect().pk]}
    key = {"Idempotency-Key": "monday"}

    first = client.post(QUALIFY, body, headers=key)
    again = client.post(QUALIFY, body, headers=key)
    other = client.post(QUALIFY, {**body, "priority": "high"}, headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 409)
    assert first.json() == again.json()
    assert QualificationRun.objects.count() == 1


def refused(as_: As, body: dict[str, Any], *, role: str = "sales") -> Any:
    answer = as_(role).post(QUALIFY, body)
    assert not Batch.objects.exists()
    assert not Prospect.objects.filter(company__domain="acme.com").exists()
    return answer


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"batch_size": 21}, "#/batch_size"),
        ({"batch_size": 0}, "#/batch_size"),
        ({"max_concurrent_batches": 1001}, "#/max_concurrent_batches"),
        ({"max_retries": 11}, "#/max_retries"),
        ({"delay_ms": -1}, "#/delay_ms"),
        ({"concurrency": 0}, "#/concurrency"),
        ({"priority": 11}, "#/priority"),
        ({"priority": True}, "#/priority"),
        ({"on_unknown": "guess"}, "#/on_unknown"),
        ({"budget": -1}, "#/budget"),
        ({"budget": "nan"}, "#/budget"),
        ({"budget": "inf"}, "#/budget"),
        ({"budget": 1e300}, "#/budget"),
        ({"icp": "nothing"}, "#/icp"),
        ({"domains": ["acme.com"]}, "#"),
        ({"prospects": []}, "#/prospects"),
        ({"prospects": [2**63]}, "#/prospects/0"),
    ],
)
def test_a_value_out_of_range_is_pointed_at_and_nothing_starts(as_: As, change: dict[str, Any], pointer: str) -> None:
    body = {"icp": make_icp().slug, "prospects": [make_prospect().pk], **change}

    answer = refused(as_, body)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"prospects": [987_654_321]}, "unknown_prospects"),
        ({"qualifier": "llm"}, "no_endpoint"),
    ],
)
def test_what_can_not_be_run_is_said_in_a_sentence(as_: As, change: dict[str, Any], code: str) -> None:
    answer = refused(as_, {"icp": make_icp().slug, "prospects": [make_prospect().pk], **change})

    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == code


def test_a_budget_of_nothing_is_refused(as_: As, settings: Settings) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"

    answer = refused(as_, {"icp": make_icp().slug, "prospects": [make_prospect().pk], "budget": 0})

    assert answer.status_code == 400
    assert answer.json()["code"] == "no_budget"


def test_who_may_not_make_prospects_may_not_by_domain(as_: As) -> None:
    client = as_("sales", scopes=["prospects.add_qualificationrun"])

    answer = client.post(QUALIFY, {"icp": make_icp().slug, "domains": ["acme.com"]})

    assert answer.status_code == 403
    assert not Prospect.objects.exists()


@pytest.mark.parametrize(
    ("asked", "priority"),
    [
        ("low", Priority.LOW), ("normal", Priority.NORMAL), ("high", Priority.HIGH), ("urgent", Priority.URGENT),
        (1, Priority.LOW), (3, Priority.LOW), (4, Priority.NORMAL), (6, Priority.NORMAL),
        (7, Priority.HIGH), (8, Priority.HIGH), (9, Priority.URGENT), (10, Priority.URGENT),
    ],
)  # fmt: skip
def test_priorities_are_words_or_one_to_ten(asked: str | int, priority: Priority) -> None:
    assert priority_of(asked) == priority

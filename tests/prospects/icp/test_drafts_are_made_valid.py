"""What an LLM answers becomes a valid profile, or is refused; and a draft is only asked for when it can be made."""

from typing import Any

import pytest

from performance.jobs.models import Batch
from prospects.icp.drafting import read_draft
from prospects.icp.errors import InvalidProfile, NotGenerated
from prospects.icp.generate import request_draft
from prospects.icp.models import IdealCustomerProfile

NOTHING: dict[str, Any] = {"any_of": [], "min": None, "max": None, "text": None, "weight": 20, "must": False}


def row(kind: str, **stated: Any) -> dict[str, Any]:
    return NOTHING | {"kind": kind} | stated


def answer(*criteria: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "Food makers", "description": "They ship cold.", "criteria": list(criteria), "personas": []} | more


def test_an_answer_becomes_a_profile() -> None:
    persona = {"role": "COO", "seniority": "C-level", "department": "Operations", "pains": ["Spoilage"], "goals": []}
    profile = read_draft(
        answer(
            row("industry", any_of=["Dairy"]),
            row("employees", min=50),
            row("indicator", text="Is cold"),
            personas=[persona],
        )
    )

    assert [c.label for c in profile.criteria] == ["Industry: Dairy", "Employees: 50 or more", "Is cold"]
    assert profile.personas[0].to_json() == persona


def test_what_a_kind_does_not_use_is_left_out_and_bounds_are_put_in_order() -> None:
    profile = read_draft(answer(row("employees", min=500, max=50, any_of=["big"], text="big", weight=900)))

    criterion = profile.criteria[0]
    assert (criterion.min, criterion.max, criterion.any_of, criterion.text, criterion.weight) == (50, 500, (), "", 100)


def test_a_criterion_with_nothing_to_compare_is_dropped() -> None:
    profile = read_draft(answer(row("industry"), row("indicator", text="  "), row("region", any_of=["Ohio"])))

    assert [c.kind for c in profile.criteria] == ["region"]


def test_an_answer_without_a_usable_criterion_is_refused() -> None:
    with pytest.raises(InvalidProfile, match="no criteria"):
        read_draft(answer(row("industry"), row("employees")))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "description", "reason"),
    [
        ("", "x" * 50, "the company's name is missing"),
        ("Acme", "Trucks.", "The description has 7 characters"),
        ("Acme", "x" * 12_001, "The description has 12,001 characters"),
        ("Acme", "x" * 50, "No LLM is set up"),
    ],
)
def test_a_draft_that_cannot_be_made_is_refused_and_leaves_nothing_behind(
    settings: Any, name: str, description: str, reason: str
) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""

    with pytest.raises(NotGenerated, match=reason):
        request_draft(name=name, description=description)

    assert not Batch.objects.exists()
    assert not IdealCustomerProfile.objects.exists()


@pytest.mark.django_db
def test_the_same_request_twice_is_one_batch(settings: Any) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    text = "We lease refrigerated trucks to food producers in the Midwest."

    first = request_draft(name="Acme", description=text)
    second = request_draft(name="Acme", description=f"  {text} ")

    assert (first.is_new, second.is_new, second.batch.pk) == (True, False, first.batch.pk)
    assert IdealCustomerProfile.objects.get().slug == "acme-s-customers"

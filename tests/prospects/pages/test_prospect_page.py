"""A prospect with its evidence, and what a person may change of it."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from performance.access.models import User
from prospects.qualification.rules.evidence import Document
from prospects.views.evidence import mark_quotes
from tests.factories import make_company, make_fit, make_prospect, make_qualification

pytestmark = pytest.mark.django_db
# Session, user, permissions; prospect, its company's keys, fits, history, dossier (3).
STATEMENTS = 3 + 7
VERDICT = {
    "criterion": "industry", "label": "Food manufacturing", "kind": "industry", "weight": 60, "must": True,
    "outcome": "met", "confidence": 0.9, "quote": "frozen pizza", "source": "file:About", "note": "It says so.",
}  # fmt: skip


def test_the_quote_is_marked_in_the_text_it_came_from(
    sales: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    prospect = make_prospect(original={"About": "Makes frozen pizza & more"})
    make_fit(qualification=make_qualification(prospect=prospect, verdicts=[VERDICT], score=88))

    with django_assert_num_queries(STATEMENTS):
        page = sales.get(f"/prospects/{prospect.pk}/").content.decode()

    assert "Makes <mark>frozen pizza</mark> &amp; more" in page
    assert "<strong>88</strong>" in page
    assert "✓ met" in page


def test_overlapping_quotes_are_marked_as_one() -> None:
    verdicts = [VERDICT | {"quote": "frozen pizza"}, VERDICT | {"quote": "pizza and ice"}]

    (source,) = mark_quotes([Document("file:About", "We make frozen pizza and ice cream")], verdicts)

    assert [(piece.text, piece.is_quoted) for piece in source.pieces] == [
        ("We make ", False),
        ("frozen pizza and ice", True),
        (" cream", False),
    ]


def test_a_fall_back_is_never_passed_off_as_the_llm(sales: Client) -> None:
    qualification = make_qualification(qualifier="rubric_fallback", fallback_reason="The LLM answered nothing usable.")
    make_fit(qualification=qualification)

    page = sales.get(f"/prospects/{qualification.prospect_id}/").content.decode()

    assert "The rubric stands in for the LLM." in page
    assert "The LLM answered nothing usable." in page


def test_an_unjudged_prospect_says_so(sales: Client) -> None:
    assert "Not judged yet" in sales.get(f"/prospects/{make_prospect().pk}/").content.decode()


def test_a_person_overrides_the_score_with_a_reason(sales: Client, seller: User) -> None:
    fit = make_fit(qualification=make_qualification(score=30))

    page = sales.post(
        f"/prospects/{fit.prospect_id}/override/", {"icp": fit.icp_id, "score": 85, "reason": "Met them."}, follow=True
    ).content.decode()

    fit.refresh_from_db()
    assert (fit.score, fit.level, fit.override_by, fit.override_reason) == (85, "excellent", seller, "Met them.")
    assert "set by sela" in page
    assert "Met them." in page


@pytest.mark.parametrize(
    ("change", "said"),
    [({"reason": ""}, "This field is required."), ({"score": 101}, "less than or equal to 100")],
)
def test_an_override_without_a_reason_or_out_of_range_changes_nothing(
    sales: Client, change: dict[str, object], said: str
) -> None:
    fit = make_fit(qualification=make_qualification(score=30))

    asked = {"icp": fit.icp_id, "score": 85, "reason": "Met them."} | change
    page = sales.post(f"/prospects/{fit.prospect_id}/override/", asked, follow=True).content.decode()

    fit.refresh_from_db()
    assert (fit.score, fit.override_score) == (30, None)
    assert said in page


def test_a_value_is_locked_and_unlocked(sales: Client, seller: User) -> None:
    company = make_company(industry="Dairy", provenance={"industry": {"source": "import:7", "method": "file"}})
    prospect = make_prospect(company=company)
    asked = {"prospect": prospect.pk, "field": "industry"}

    page = sales.post(f"/companies/{company.pk}/lock/", asked | {"locked": "1"}, follow=True).content.decode()
    company.refresh_from_db()
    locked = dict(company.provenance["industry"])
    sales.post(f"/companies/{company.pk}/lock/", asked | {"locked": "0"})
    company.refresh_from_db()

    assert "Industry is locked" in page
    assert (locked["locked"], locked["locked_by"], locked["source"]) == (True, seller.pk, "import:7")
    assert "locked" not in company.provenance["industry"]


def test_no_field_but_a_companys_can_be_locked(sales: Client) -> None:
    prospect = make_prospect()

    sales.post(f"/companies/{prospect.company_id}/lock/", {"prospect": prospect.pk, "field": "password", "locked": "1"})

    prospect.company.refresh_from_db()
    assert prospect.company.provenance == {}

import pytest

from prospects.companies.models import Prospect
from tests.factories import make_company, make_fit, make_import, make_import_row, make_prospect, make_qualification
from tests.prospects.api.conftest import As

pytestmark = pytest.mark.django_db
PROSPECTS = "/api/v1/prospects"


def test_the_list_is_narrowed_by_each_filter(as_: As) -> None:
    acme = make_prospect(company=make_company(name="Acme", country="US", industry="Food"), source="fair")
    apex = make_prospect(company=make_company(name="Apex", domain="apex.example", country="DE"))
    fit = make_fit(qualification=make_qualification(prospect=acme, score=85))
    row = make_import_row(prospect=apex, import_run=make_import())
    make_prospect(archived_at="2026-01-01T00:00Z")
    client = as_("viewer")

    def found(**query: object) -> list[int]:
        return [one["id"] for one in client.get(PROSPECTS, query).json()["results"]]

    assert found() == [apex.pk, acme.pk]
    assert found(q="acm") == found(country="us") == found(industry="foo") == found(source="fair") == [acme.pk]
    assert found(q="apex.ex") == found(import_run=row.import_run.pk) == [apex.pk]
    assert found(icp=fit.icp.slug) == found(level="excellent") == [acme.pk]
    assert found(level="poor") == []


def test_a_filter_that_can_not_be_read_is_pointed_at(as_: As) -> None:
    answer = as_("viewer").get(PROSPECTS, {"level": "superb", "icp": "nothing"})

    assert answer.status_code == 400
    assert {error["parameter"] for error in answer.json()["errors"]} == {"level", "icp"}


def test_a_prospect_shows_its_company_fits_and_original_columns(as_: As) -> None:
    prospect = make_prospect(original={"ZIP": "01234"})
    fit = make_fit(qualification=make_qualification(prospect=prospect, score=64))

    body = as_("viewer").get(f"{PROSPECTS}/{prospect.pk}").json()

    assert body["company"]["name"] == prospect.company.name
    assert body["original"] == {"ZIP": "01234"}
    assert [(one["icp"], one["score"], one["level"]) for one in body["fits"]] == [(fit.icp.slug, 64, "good")]


def test_a_correction_by_hand_is_kept_with_who_made_it(as_: As) -> None:
    prospect = make_prospect()
    client = as_("sales")

    answer = client.patch(
        f"{PROSPECTS}/{prospect.pk}", {"notes": "met in Chicago", "company": {"employees_min": 50, "employees_max": 80}}
    )

    assert answer.status_code == 200, answer.json()
    after = Prospect.objects.select_related("company").get()
    assert (after.notes, after.company.employees_min, after.company.employees_max) == ("met in Chicago", 50, 80)
    assert after.edited_at is not None
    assert after.company.provenance["employees"]["method"] == "person"
    assert after.company.name == prospect.company.name


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"company": {"employees_min": 90, "employees_max": 80}}, 422),
        ({"company": {"employees_min": -1}}, 400),
        ({"company": {"country": "Nowhere"}}, 422),
        ({"company": {"phone": "call me", "city": "Ulm"}}, 422),
        ({"person_email": "ada@", "company": {"city": "Ulm"}}, 422),
        ({"company": {"name": ""}}, 400),
    ],
)
def test_a_correction_that_makes_no_sense_changes_nothing(as_: As, change: dict[str, object], status: int) -> None:
    prospect = make_prospect()

    answer = as_("sales").patch(f"{PROSPECTS}/{prospect.pk}", change)

    assert answer.status_code == status
    after = Prospect.objects.select_related("company").get()
    assert (after.edited_at, after.company.provenance, after.company.employees_min) == (None, {}, None)


def test_what_is_typed_is_kept_as_files_are(as_: As) -> None:
    prospect = make_prospect()
    company = {"country": "Deutschland", "phone": "030 901820", "email": "INFO@Acme.de", "postal_code": "1067"}

    answer = as_("sales").patch(
        f"{PROSPECTS}/{prospect.pk}", {"person_email": "Ada@Acme.de", "person_phone": "030/901821", "company": company}
    )

    assert answer.status_code == 200, answer.json()
    after = Prospect.objects.select_related("company").get()
    kept = after.company
    assert (kept.country, kept.phone, kept.email, kept.postal_code) == ("DE", "+4930901820", "info@acme.de", "01067")
    assert (after.person_email, after.person_phone) == ("ada@acme.de", "+4930901821")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"company": {"phone": "call me"}}, "#/company/phone"),
        ({"company": {"email": "at acme"}}, "#/company/email"),
        ({"company": {"country": "Nowhere"}}, "#/company/country"),
        ({"person_email": "ada@"}, "#/person_email"),
        ({"person_phone": "12"}, "#/person_phone"),
    ],
)
def test_a_value_that_can_not_be_read_is_named(as_: As, change: dict[str, object], pointer: str) -> None:
    answer = as_("sales").patch(f"{PROSPECTS}/{make_prospect().pk}", change)

    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_value")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_value_can_be_emptied(as_: As) -> None:
    prospect = make_prospect(company=make_company(phone="+4930901820", country="DE"))

    as_("sales").patch(f"{PROSPECTS}/{prospect.pk}", {"company": {"phone": "", "country": ""}})

    after = Prospect.objects.select_related("company").get()
    assert (after.company.phone, after.company.country) == ("", "")


def test_an_override_sets_the_score_that_counts_and_can_be_taken_back(as_: As) -> None:
    fit = make_fit(qualification=make_qualification(score=30))
    client = as_("sales")
    at = f"{PROSPECTS}/{fit.prospect_id}/fits/{fit.icp.slug}"

    without = client.put(at, {"score": 90})
    set_ = client.put(at, {"score": 90, "reason": "an old customer"})
    back = client.put(at, {"score": None})

    assert (without.status_code, without.json()["code"]) == (400, "no_reason")
    assert (set_.json()["score"], set_.json()["level"]) == (90, "excellent")
    assert (back.json()["score"], back.json()["override_score"]) == (30, None)


def test_a_prospects_history_is_newest_first(as_: As) -> None:
    prospect = make_prospect()
    older = make_qualification(prospect=prospect, created_at="2026-01-01T00:00Z")
    newer = make_qualification(prospect=prospect, created_at="2026-02-01T00:00Z")
    make_qualification()

    rows = as_("viewer").get(f"{PROSPECTS}/{prospect.pk}/qualifications").json()["results"]

    assert [row["id"] for row in rows] == [newer.pk, older.pk]


def test_what_is_looked_for_in_the_industry_stands_for_itself(as_: As) -> None:
    percent = make_prospect(company=make_company(name="A", industry="100% Fruit_Juice"))
    make_prospect(company=make_company(name="B", domain="b.example", industry="100 Fruit Juice"))
    client = as_("viewer")

    def found(industry: str) -> list[int]:
        return [one["id"] for one in client.get(PROSPECTS, {"industry": industry}).json()["results"]]

    assert found("0% fruit") == found("FRUIT_J") == [percent.pk]
    assert found("\\") == []
    assert len(found("fruit")) == 2


def test_a_search_is_narrowed_by_the_other_filters(as_: As) -> None:
    here = make_prospect(company=make_company(name="Summit Foods", country="DE", industry="Food"))
    fit = make_fit(qualification=make_qualification(prospect=here, score=85))
    make_prospect(company=make_company(name="Summit Steel", domain="steel.example", country="US"))
    make_prospect(company=make_company(name="Summit Gone", domain="gone.example"), archived_at="2026-01-01T00:00Z")
    client = as_("viewer")

    def found(**query: object) -> list[int]:
        return [one["id"] for one in client.get(PROSPECTS, {"search": "summit", **query}).json()["results"]]

    assert len(found()) == 2
    assert found(country="DE") == found(industry="food") == found(icp=fit.icp.slug) == found(q="foods") == [here.pk]
    assert found(country="FR") == found(level="poor") == []

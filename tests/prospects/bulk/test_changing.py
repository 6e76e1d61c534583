"""Updates by id are what PATCH does to one; deletions are what an undo does."""

from typing import Any

import pytest

from performance.bulk.errors import RowError
from prospects.api.serializers.prospects import COMPANY_EDITABLE, ProspectEditSerializer
from prospects.companies.bulk import changes
from prospects.companies.bulk.services import delete, update, upsert
from prospects.companies.correcting import edit_prospect
from prospects.companies.models import Company, Prospect
from tests.factories import AT, make_company, make_fit, make_job, make_prospect, make_qualification, make_run, make_user
from tests.prospects.bulk.asking import done, outcomes, refused

pytestmark = pytest.mark.django_db


def test_the_fields_are_those_of_patch() -> None:
    assert sorted(changes.COMPANY) == sorted(COMPANY_EDITABLE)
    assert sorted(changes.PERSON) == sorted(set(ProspectEditSerializer().fields) - {"company"})


def test_an_update_leaves_what_a_correction_by_hand_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user()
    change: dict[str, Any] = {"name": "Acme", "phone": "030 123456", "country": "Germany", "employees_max": 90}
    person = {"person_name": "Eva", "person_email": "EVA@acme.de", "notes": " met "}
    one, other = (make_prospect(company=make_company(employees_min=5, city="Bonn")) for _ in range(2))
    monkeypatch.setattr("prospects.companies.bulk.services.timezone.now", lambda: AT)

    done(update, [{"id": one.pk, "company": change, **person}], by=user)
    edit_prospect(other.pk, person={**person, "notes": "met"}, company=change, by=user, at=AT)

    assert kept(one) == kept(other)
    assert kept(one)["phone"] == "+4930123456"


def kept(prospect: Prospect) -> dict[str, Any]:
    """All that is stored of it, without what tells two prospects apart."""
    stored = Prospect.objects.filter(pk=prospect.pk).values().get()
    company = Company.objects.filter(pk=prospect.company_id).values().get()
    own = {"id", "company_id", "created_at", "updated_at", "domain"}
    return {name: value for name, value in {**stored, **company}.items() if name not in own}


def test_a_lock_stays_and_an_empty_text_empties_its_field() -> None:
    company = make_company(city="Lyon", provenance={"city": {"method": "person", "locked": True}})
    prospect = make_prospect(company=company)

    done(update, [{"id": prospect.pk, "company": {"city": ""}}])

    company.refresh_from_db()
    assert company.city == ""
    assert company.provenance["city"]["locked"] is True


def test_each_row_changes_its_own_fields_also_of_a_company_they_share() -> None:
    company = make_company(name="Acme", city="Lyon")
    one, other = make_prospect(company=company, person_key="a"), make_prospect(company=company, person_key="b")
    third = make_prospect(company=company, person_key="c", notes="kept")
    rows = [{"id": one.pk, "company": {"city": "Paris"}}, {"id": other.pk, "notes": "n", "company": {"stage": "B"}}]

    outcome = done(update, [*rows, {"id": third.pk}])

    assert outcomes(outcome) == ["updated", "updated", "unchanged"]
    company.refresh_from_db()
    assert (company.name, company.city, company.stage) == ("Acme", "Paris", "B")
    assert list(Prospect.objects.order_by("pk").values_list("notes", flat=True)) == ["", "n", "kept"]
    assert not Prospect.objects.filter(edited_at=None).exists()


def test_what_was_entered_wins_over_a_later_upsert() -> None:
    (pk,) = done(upsert, [{"name": "Acme", "domain": "acme.com", "industry": "Steel"}]).ids

    done(update, [{"id": pk, "company": {"industry": "Food"}}])
    done(upsert, [{"domain": "acme.com", "industry": "Steel", "city": "Lyon"}])

    company = Company.objects.get()
    assert (company.industry, company.city) == ("Food", "Lyon")


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"person_name": 5}, "person_name", "must be text"),
    ({"person_name": None}, "person_name", "must be text"),
    ({"person_name": "x" * 201}, "person_name", "is longer than 200 characters"),
    ({"notes": "a\x00"}, "notes", "holds a NUL character, which can't be stored"),
    ({"colour": "red"}, "colour", "is no field that can be changed here"),
    ({"company": 5}, "company", "must be an object of fields and values"),
    ({"company": {"colour": "red"}}, "company.colour", "is no field that can be changed here"),
    ({"company": {"domain": "a.com"}}, "company.domain", "is no field that can be changed here"),
    ({"company": {"name": ""}}, "company.name", "must not be empty"),
    ({"company": {"employees_min": "5"}}, "company.employees_min", "must be a whole number"),
    ({"company": {"employees_min": True}}, "company.employees_min", "must be a whole number"),
    ({"company": {"employees_min": 2**31}}, "company.employees_min", "must be from 0 to 2147483647"),
    ({"company": {"technologies": "SAP"}}, "company.technologies", "must be a list of texts"),
    ({"company": {"phone": "call me"}}, "company.phone", "is no readable phone number"),
    ({"person_email": "nowhere"}, "person_email", "is no readable e-mail address"),
    (
        {"company": {"employees_max": 3}},
        "company.employees_max",
        "the range of employees would end at 3, below where it begins (5)",
    ),
]


@pytest.mark.parametrize(("change", "field", "detail"), WRONG)
def test_a_change_that_is_wrong_is_named_with_its_field(change: dict[str, Any], field: str, detail: str) -> None:
    good, bad = make_prospect(), make_prospect(company=make_company(employees_min=5))
    rows = [{"id": good.pk, "notes": "n"}, {"id": bad.pk, **change}]
    before = kept(bad)

    assert refused(update, rows) == [RowError(1, field, detail)]
    assert not Prospect.objects.filter(notes="n").exists()
    outcome = done(update, rows)

    assert outcome.errors == [RowError(1, field, detail)]
    assert outcome.ids == [good.pk, None]
    assert Prospect.objects.get(notes="n") == good
    assert kept(bad) == before


@pytest.mark.parametrize("operation", [update, delete])
def test_ids_that_are_none_come_twice_or_do_not_exist(operation: Any) -> None:
    prospect = make_prospect()
    rows = [{"id": prospect.pk}, {"id": prospect.pk}, {"id": 10**12}, {}, {"id": "7"}, {"id": True}, {"id": 2**63}, 7]

    outcome = done(operation, rows)

    assert outcome.errors == [
        RowError(1, "id", "is the same as in row 0"),
        RowError(2, "id", "there is no prospect 1000000000000"),
        RowError(3, "id", "is missing"),
        RowError(4, "id", "must be the id of a prospect"),
        RowError(5, "id", "must be the id of a prospect"),
        RowError(6, "id", "must be the id of a prospect"),
        RowError(7, "", "must be an object with an id"),
    ]
    assert outcome.ids == [prospect.pk, *[None] * 7]


def test_deletion_archives_what_a_run_has_used_and_says_so() -> None:
    judged, asked, unused = make_qualification().prospect, make_prospect(), make_prospect()
    make_fit(qualification=make_qualification(prospect=judged))
    make_job(batch=make_run().batch, subject_id=asked.pk)

    outcome = done(delete, [{"id": one.pk} for one in (unused, judged, asked)])

    assert outcomes(outcome) == ["deleted", "archived", "archived"]
    assert outcome.notes == {1: "a run has used it", 2: "a run has used it"}
    assert set(Prospect.objects.filter(archived_at__isnull=False)) == set(Prospect.objects.all()) == {judged, asked}


def test_a_company_goes_with_its_last_prospect() -> None:
    company, other = make_company(), make_company()
    one, two, third = (
        make_prospect(company=each, person_key=key) for each, key in ((company, "a"), (company, "b"), (other, "c"))
    )

    done(delete, [{"id": one.pk}, {"id": third.pk}])
    assert list(Company.objects.all()) == [company]

    done(delete, [{"id": two.pk}])
    assert not Company.objects.exists()


def test_a_field_beside_the_id_of_a_deletion_is_named() -> None:
    prospect = make_prospect()

    assert refused(delete, [{"id": prospect.pk, "name": "x"}]) == [RowError(0, "name", "means nothing here")]
    assert Prospect.objects.exists()

"""Insert and upsert, under the import's rules of identity and of who wins."""

from typing import Any

import pytest

from performance.bulk.errors import RowError
from prospects.companies.bulk.services import insert, upsert
from prospects.companies.correcting import edit_prospect
from prospects.companies.models import Company, CompanyKey, Prospect
from tests.factories import AT, make_user
from tests.prospects.bulk.asking import done, outcomes, refused
from tests.prospects.intake.files import csv_bytes, imported

pytestmark = pytest.mark.django_db
ACME = {"name": "Acme Foods Inc.", "domain": "https://www.acme.com/about", "employees": "51-200", "country": "USA"}


def test_rows_are_read_as_an_import_reads_them() -> None:
    user = make_user()
    row = {
        **ACME,
        "revenue": 5_000_000,
        "founded_year": 1990,
        "technologies": ["SAP, on premises"],
        "phone": "(312) 555-0123",
        "person_name": "Eva Roth",
        "person_email": "Eva@ACME.com",
        "notes": None,
        "city": "",
    }

    outcome = done(upsert, [row], by=user, source="crm")

    prospect = Prospect.objects.select_related("company").get(pk=outcome.ids[0])
    company = prospect.company
    assert (company.name, company.domain, company.country) == ("Acme Foods Inc.", "acme.com", "US")
    assert (company.employees_min, company.employees_max, company.revenue_min) == (51, 200, 5_000_000)
    assert (company.technologies, company.phone) == (["SAP, on premises"], "+13125550123")
    assert (prospect.person_email, prospect.person_key, prospect.source) == ("eva@acme.com", "eva@acme.com", "crm")
    entry = company.provenance["domain"]
    assert (entry["source"], entry["method"], entry["by"]) == ("crm", "api", user.pk)
    assert prospect.original["founded_year"] == "1990"
    assert set(CompanyKey.objects.values_list("key", flat=True)) == {"domain:acme.com", "phone:+13125550123"}


def test_ids_come_in_the_order_given_over_many_chunks(settings: Any) -> None:
    settings.BULK_INSERT_CHUNK_SIZE = 7
    known = [done(upsert, [{"domain": f"c{number}.com"}]).ids[0] for number in (3, 11)]

    outcome = done(upsert, [{"domain": f"c{number}.com"} for number in range(20)])

    domains = dict(Prospect.objects.values_list("pk", "company__domain"))
    assert [domains[pk] for pk in outcome.ids if pk] == [f"c{number}.com" for number in range(20)]
    assert [outcome.ids[3], outcome.ids[11]] == known
    assert outcomes(outcome) == ["unchanged" if number in (3, 11) else "created" for number in range(20)]


def test_upsert_merges_and_says_what_it_changed_and_kept() -> None:
    user = make_user()
    (pk,) = done(insert, [ACME]).ids
    assert pk is not None
    edit_prospect(pk, person={}, company={"industry": "Food"}, by=user, at=AT)

    outcome = done(upsert, [{"domain": "acme.com", "employees": 900, "industry": "Steel", "country": None}])

    company = Company.objects.get()
    assert (company.employees_min, company.industry, company.country) == (900, "Food", "US")
    assert outcomes(outcome) == ["updated"]
    assert outcome.ids == [pk]
    assert outcome.notes[0].startswith("changes employees; keeps industry, entered by a person or locked")


def test_the_same_again_changes_nothing() -> None:
    done(upsert, [ACME])
    before = list(Company.objects.values()) + list(Prospect.objects.values())

    outcome = done(upsert, [ACME])

    assert outcomes(outcome) == ["unchanged"]
    assert list(Company.objects.values()) + list(Prospect.objects.values()) == before


def test_insert_refuses_what_is_known_and_names_the_field() -> None:
    imported(csv_bytes("Company,Website,City,Country", "Acme Foods,acme.com,Lyon,France", "Zenith,,Paris,France"))
    ids = dict(Prospect.objects.values_list("company__name", "pk"))
    rows = [
        {"name": "New", "domain": "new.com"},
        {"name": "Other words", "domain": "acme.com"},
        {"name": "ZENITH S.A.", "city": "Paris", "country": "FR", "industry": "Steel"},
        {"name": "Zenith", "city": "Paris", "country": "FR", "person_name": "Eva Roth"},
    ]

    outcome = done(insert, rows)

    assert outcome.errors == [
        RowError(1, "domain", f"is known already, as prospect {ids['Acme Foods']}"),
        RowError(2, "name", f"is known already, as prospect {ids['Zenith']}"),
    ]
    assert outcomes(outcome) == ["created", "refused", "refused", "created"]
    assert set(Company.objects.values_list("name", "industry")) == {("New", ""), ("Acme Foods", ""), ("Zenith", "")}


def test_with_atomic_one_known_row_refuses_all() -> None:
    done(insert, [ACME])

    errors = refused(insert, [{"domain": "new.com"}, ACME])

    assert [(error.row, error.field) for error in errors] == [(1, "domain")]
    assert Prospect.objects.count() == Company.objects.count() == 1


@pytest.mark.parametrize("chunk_size", [1, 1000])
def test_rows_that_mean_the_same_prospect_are_named(settings: Any, chunk_size: int) -> None:
    settings.BULK_INSERT_CHUNK_SIZE = chunk_size
    rows = [
        ACME,
        {"name": "Bolt", "city": "Lyon", "country": "FR"},
        {"name": "Acme, once more", "domain": "acme.com", "industry": "Steel"},
        {"name": "bolt", "city": "LYON", "country": "France"},
        {**ACME, "person_name": "Eva Roth"},
        {**ACME, "person_name": "EVA ROTH"},
    ]

    outcome = done(upsert, rows)

    assert outcome.errors == [
        RowError(2, "domain", "is the same prospect as row 0"),
        RowError(3, "name", "is the same prospect as row 1"),
        RowError(5, "domain", "is the same prospect as row 4"),
    ]
    assert [bool(pk) for pk in outcome.ids] == [True, True, False, False, True, False]
    assert Company.objects.get(domain="acme.com").industry == ""
    assert [(error.row, error.field) for error in refused(upsert, rows)] == [(2, "domain"), (3, "name"), (5, "domain")]


WRONG: list[tuple[Any, str, str]] = [
    ({"name": 5}, "name", "must be text"),
    ({"name": ["A"]}, "name", "must be text"),
    ({"name": "A\x00"}, "name", "holds a NUL character, which can't be stored"),
    ({"name": "A\ud800"}, "name", "holds half of a surrogate pair, which can't be stored"),
    ({"name": "A", "postal_code": 60601}, "postal_code", "must be text"),
    ({"name": "A", "employees": True}, "employees", "must be a number, or text like “51-200” or “$5M”"),
    ({"name": "A", "employees": [1, 2]}, "employees", "must be a number, or text like “51-200” or “$5M”"),
    ({"name": "A", "revenue": -5}, "revenue", "must not be negative"),
    ({"name": "A", "revenue": float("inf")}, "revenue", "must be a number, or text like “51-200” or “$5M”"),
    ({"name": "A", "founded_year": 1990.5}, "founded_year", "must be a year"),
    ({"name": "A", "technologies": [5]}, "technologies", "must be a list of texts"),
    ({"name": "A", "technologies": ["a;b"]}, "technologies", "must not hold a semicolon"),
    ({"name": "A", "colour": "red"}, "colour", "is no field of a prospect; GET /api/v1/imports/fields lists them"),
    ({"name": "A", "id": 7}, "id", "is no field of a prospect; GET /api/v1/imports/fields lists them"),
    ({"industry": "Steel"}, "name", "is missing, and so is a domain: nothing says which company is meant"),
    ({"name": " - "}, "name", "no name and no domain"),
    ("Acme", "", "must be an object of fields and values"),
    (None, "", "must be an object of fields and values"),
]


@pytest.mark.parametrize(("row", "field", "detail"), WRONG)
def test_a_row_that_is_wrong_is_named_with_its_field(row: Any, field: str, detail: str) -> None:
    assert refused(upsert, [{"name": "Good"}, row]) == [RowError(1, field, detail)]
    assert not Company.objects.exists()

    outcome = done(upsert, [{"name": "Good"}, row])

    assert outcome.errors == [RowError(1, field, detail)]
    assert list(Company.objects.values_list("name", flat=True)) == ["Good"]


def test_what_can_not_be_read_is_left_out_and_said() -> None:
    outcome = done(upsert, [{"name": "Acme", "employees": "many", "domain": "gmail.com"}])

    assert outcomes(outcome) == ["created"]
    assert outcome.notes[0] == (
        "gmail.com is shared by many companies, so it is no company's domain; "
        "left out “many”, which is no readable employees"
    )


def test_nothing_good_is_refused_also_without_atomic() -> None:
    errors = refused(upsert, [{"name": 5}, {"nam": "A"}], atomic=False)

    assert {error.row for error in errors} == {0, 1}


def test_an_import_made_later_finds_them() -> None:
    done(upsert, [ACME])

    run = imported(csv_bytes("Company,Website,Industry", "Acme,acme.com,Food"))

    assert (run.created_count, run.updated_count) == (0, 1)
    assert Company.objects.get().industry == "Food"


def test_many_rows_are_read_by_a_process_beside(settings: Any) -> None:
    rows = [{"name": f"Company {number}", "domain": f"c{number}.com"} for number in range(20_000)]
    done(upsert, rows[::400])

    outcome = done(upsert, [{**row, "industry": "Steel"} for row in rows])

    assert outcome.errors == []
    assert sum(one == "updated" for one in outcomes(outcome)) == 50
    assert Company.objects.filter(industry="Steel").count() == 20_000

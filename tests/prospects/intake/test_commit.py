"""A file goes in, prospects come out; the same file again changes nothing."""

import pytest

from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.intake import services
from prospects.intake.errors import NoCompanyColumn, UnknownImport
from prospects.intake.models import Import, ImportRow
from tests.factories import make_user
from tests.prospects.intake.files import counts, csv_bytes, imported, parsed

pytestmark = pytest.mark.django_db

FILE = csv_bytes(
    "Company,Website,Industry,Employees,HQ,Phone,ZIP,Favourite colour",
    '"Müller Foods GmbH, Berlin",https://www.mueller-foods.de,Food,51-200,"Berlin, Germany",030 901820,01067,blue',
    'Acme Inc.,acme.com,Steel,1k+,"Chicago, IL",(312) 555-0199,60601,',
    ",,Steel,,,,,",
    "Acme,https://acme.com/about,,2000,,,,red",
)


def test_a_file_becomes_prospects():
    run = imported(FILE, source="fair")

    assert counts(run) == (2, 1, 0, 1)
    assert (run.state, run.row_count) == (Import.State.COMMITTED, 4)
    muller = Company.objects.get(domain="mueller-foods.de")
    assert muller.name == "Müller Foods GmbH, Berlin"
    assert (muller.employees_min, muller.employees_max) == (51, 200)
    assert (muller.city, muller.country, muller.phone, muller.postal_code) == ("Berlin", "DE", "+4930901820", "01067")
    assert muller.provenance["phone"]["source"] == f"import:{run.pk}"
    assert muller.provenance["phone"]["method"] == "file"


def test_a_later_line_of_the_same_company_updates_it():
    imported(FILE)

    acme = Company.objects.get(domain="acme.com")
    assert (acme.name, acme.industry, acme.region) == ("Acme", "Steel", "US-IL")
    assert (acme.employees_min, acme.employees_max) == (2000, 2000)
    assert Prospect.objects.get(company=acme).original["Favourite colour"] == "red"
    assert set(CompanyKey.objects.filter(company=acme).values_list("key", flat=True)) == {
        "domain:acme.com",
        "name_place:acme|chicago,us",
        "phone:+13125550199",
    }


def test_each_row_knows_what_became_of_it():
    run = imported(FILE)

    rows = ImportRow.objects.filter(import_run=run).order_by("line")
    assert [(row.line, row.outcome, row.prospect_id is not None) for row in rows] == [
        (2, "create", True),
        (3, "create", True),
        (4, "refuse", False),
        (5, "update", True),
    ]
    assert rows[2].reason == "no name and no domain"
    assert rows[3].reason == "changes employees, name; changes its original columns"


def test_the_same_file_again_makes_nothing():
    imported(FILE)
    before = list(Company.objects.order_by("id").values("id", "name", "domain", "employees_min", "phone"))

    again = imported(FILE)

    assert (again.created_count, again.refused_count) == (0, 1)
    assert list(Company.objects.order_by("id").values("id", "name", "domain", "employees_min", "phone")) == before
    assert Prospect.objects.count() == 2


def test_a_file_without_inner_conflicts_is_all_skipped_the_second_time():
    content = csv_bytes("Company,Website,Employees", "Acme,acme.com,51-200", "Apex,apex.io,")
    imported(content)

    assert counts(imported(content)) == (0, 0, 2, 0)


def test_committing_twice_is_committing_once():
    run = imported(FILE)

    again = services.commit(run.pk)

    assert counts(again) == (2, 1, 0, 1)
    assert again.committed_at == run.committed_at


def test_company_and_person_in_one_line():
    content = csv_bytes(
        "Name,Company,Email,Job Title",
        "Jo Li,Acme,jo@acme.com,Buyer",
        "Al Ng,Acme,al@acme.com,CEO",
        "Jo Li,Acme,jo@acme.com,Head of buying",
    )

    run = imported(content)

    assert counts(run) == (2, 1, 0, 0)
    assert list(Company.objects.values_list("name", "domain")) == [("Acme", "acme.com")]
    people = Prospect.objects.order_by("id").values_list("person_key", "person_name", "person_title")
    assert list(people) == [("jo@acme.com", "Jo Li", "Head of buying"), ("al@acme.com", "Al Ng", "CEO")]


def test_free_mail_and_social_networks_identify_no_company():
    run = imported(csv_bytes("Company,Website,Email", "Acme,facebook.com/acme,a@gmail.com", "Apex,facebook.com/apex,"))

    assert counts(run) == (2, 0, 0, 0)
    assert set(Company.objects.values_list("domain", flat=True)) == {""}


def test_a_value_that_can_t_be_read_is_left_out_and_named():
    run = imported(
        csv_bytes("Company,Website,Employees,Phone", "Acme,acme.com,lots,030 12", "Apex,apex.io,5-9,+4930901820")
    )

    row = ImportRow.objects.get(import_run=run, line=2)
    assert row.outcome == "create"
    assert (
        row.reason == "left out “lots”, which is no readable employees; left out “030 12”, which is no readable phone"
    )


def test_a_bad_domain_without_a_name_is_refused_and_named():
    run = imported(csv_bytes("Company,Website", ",not a site", "Acme,acme.com"))

    row = ImportRow.objects.get(import_run=run, line=2)
    assert row.outcome == "refuse"
    assert row.reason == "no name and no domain; left out “not a site”, which is no readable website or domain"


def test_a_file_without_a_company_column_is_refused_and_changes_nothing():
    run = parsed(csv_bytes("Colour,Shape", "red,round", "blue,square"))

    with pytest.raises(NoCompanyColumn, match=r"No column of companies\.csv holds a company's name or domain"):
        services.commit(run.pk)

    run.refresh_from_db()
    assert run.state == Import.State.PARSED
    assert Company.objects.count() == 0


def test_an_import_that_doesn_t_exist_is_said_not_to():
    with pytest.raises(UnknownImport):
        services.commit(404)


def test_who_imported_it_is_kept():
    user = make_user()

    assert imported(FILE, owner=user).owner == user


def test_a_name_that_folding_makes_very_long_keeps_no_row_out():
    """One Arabic ligature is eighteen letters when it is folded, and a key has room for five hundred."""
    file = csv_bytes("Company,City,Country", f"{chr(0xFDFA) * 300},{chr(0xFDFA) * 100},DE", "Acme,Köln,DE")

    assert counts(imported(file)) == (2, 0, 0, 0)
    assert counts(imported(file)) == (0, 0, 2, 0)
    assert max(len(key) for key in CompanyKey.objects.values_list("key", flat=True)) <= 512

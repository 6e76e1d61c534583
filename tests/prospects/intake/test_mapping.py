"""Which column means what: guessed, corrected by a person, saved for the source."""

import pytest

from prospects.companies.models import Company
from prospects.intake import services
from prospects.intake.errors import BadMapping, WrongState
from prospects.intake.mapping import guess
from prospects.intake.models import SavedMapping
from tests.prospects.intake.files import csv_bytes, imported, parsed


def mapped(headers: list[str], *rows: list[str]) -> list[str]:
    return list(guess(headers, rows).values())


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["Company Name", "Website", "# Employees", "HQ State"], ["name", "domain", "employees", "region"]),
        (
            ["Firmenname", "Webseite", "Mitarbeiterzahl", "PLZ", "Ort"],
            ["name", "domain", "employees", "postal_code", "city"],
        ),
        (["Raison sociale", "Site web", "Effectif", "Pays"], ["name", "domain", "employees", "country"]),
        (["Razón social", "Sitio web", "Teléfono", "País"], ["name", "domain", "phone", "country"]),
        (["Ragione sociale", "Fatturato", "Città"], ["name", "revenue", "city"]),
        (["companyName", "annual_revenue", "zipCode"], ["name", "revenue", "postal_code"]),
        (["Compnay Name", "Web adress"], ["name", "domain"]),
        (["Name", "Company", "Email", "Job Title"], ["person_name", "name", "person_email", "person_title"]),
        (["Favourite colour", "assay_reason"], ["", ""]),
    ],
)
def test_headers_in_several_languages(headers: list[str], expected: list[str]):
    assert mapped(headers) == expected


def test_values_speak_where_headers_don_t():
    assert mapped(["A", "B", "C"], ["acme.com", "a@acme.com", "+1 312 555 0199"], ["apex.io", "b@apex.io", ""]) == [
        "domain",
        "email",
        "phone",
    ]


def test_a_header_that_its_values_belie_is_not_believed():
    assert mapped(["Company", "Website"], ["Acme", "17"], ["Apex", "23"]) == ["name", ""]


def test_an_object_is_no_field():
    assert mapped(["name", "address"], ["Acme", '{"city":"Bonn","street":"Main 1"}']) == ["name", ""]


def test_a_field_goes_to_one_column():
    assert mapped(["Company", "Company name", "Organisation"]).count("name") == 1


@pytest.mark.django_db
def test_a_person_corrects_the_mapping_and_adds_constants():
    run = parsed(csv_bytes("What,Where,Tel", "Acme,Bonn,030 901820"))

    services.map_columns(
        run.pk, columns={"What": "name", "Where": "city", "Tel": "phone"}, constants={"country": "Germany"}
    )
    services.commit(run.pk)

    acme = Company.objects.get()
    assert (acme.name, acme.city, acme.country, acme.phone) == ("Acme", "Bonn", "DE", "+4930901820")


@pytest.mark.django_db
def test_a_mapping_is_saved_for_its_source():
    first = parsed(csv_bytes("What,City", "Acme,Bonn"), source="fair")
    services.map_columns(
        first.pk, columns={"What": "name", "City": ""}, constants={"industry": "Steel"}, save_for_source=True
    )

    imported(csv_bytes("What,City,Website", "Apex,Bonn,apex.io"), source="fair")

    apex = Company.objects.get()
    assert (apex.name, apex.city, apex.industry, apex.domain) == ("Apex", "", "Steel", "apex.io")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "constants", "message"),
    [
        ({"Nope": "name"}, {}, "The file has no column “Nope”"),
        ({"Company": "shoe_size"}, {}, "“shoe_size” is no field"),
        ({"Company": "name", "City": "name"}, {}, "Two columns are mapped to “Company name”"),
        ({"Company": "name"}, {"shoe_size": "5"}, "“shoe_size” is no field"),
    ],
)
def test_a_mapping_that_can_t_be_is_refused_and_changes_nothing(
    columns: dict[str, str], constants: dict[str, str], message: str
):
    run = parsed(csv_bytes("Company,City", "Acme,Bonn"), source="fair")

    with pytest.raises(BadMapping, match=message):
        services.map_columns(run.pk, columns=columns, constants=constants, save_for_source=True)

    before = run.columns
    run.refresh_from_db()
    assert run.columns == before
    assert not SavedMapping.objects.exists()


@pytest.mark.django_db
def test_a_committed_import_is_mapped_no_more():
    run = imported(csv_bytes("Company,City", "Acme,Bonn"))

    with pytest.raises(WrongState):
        services.map_columns(run.pk, columns={})

"""A file goes in, prospects come out; the same file again changes nothing."""

import pytest

from prospects.companies.models import Company, Prospect
from prospects.intake import services

pytestmark = pytest.mark.django_db

FILE = (
    "Company,Website,Industry,Employees,HQ,Phone,ZIP\n"
    '"Müller Foods GmbH, Berlin",https://www.mueller-foods.de,Food,51-200,"Berlin, Germany",030 901820,01067\n'
    "Acme Inc.,acme.com,Steel,1k+,\"Chicago, IL\",(312) 555-0199,60601\n"
    ",,Steel,,,,\n"
    "Acme,https://acme.com/about,,2000,,,\n"
).encode()


def imported(content: bytes = FILE, *, source: str = "") -> services.Import:
    run = services.receive(name="companies.csv", chunks=[content], source=source)
    services.parse(run.pk)
    return services.commit(run.pk)


def test_a_file_becomes_prospects():
    run = imported()

    assert (run.created_count, run.updated_count, run.skipped_count, run.refused_count) == (2, 1, 0, 1)
    muller = Company.objects.get(domain="mueller-foods.de")
    assert muller.name == "Müller Foods GmbH, Berlin"
    assert (muller.employees_min, muller.employees_max) == (51, 200)
    assert (muller.city, muller.country, muller.phone) == ("Berlin", "DE", "+4930901820")
    assert muller.postal_code == "01067"
    acme = Company.objects.get(domain="acme.com")
    assert acme.name == "Acme"
    assert (acme.employees_min, acme.employees_max) == (2000, 2000)
    assert acme.industry == "Steel"
    assert acme.region == "US-IL"
    assert Prospect.objects.get(company=acme).original["Employees"] == "2000"


def test_the_dry_run_says_what_the_commit_does_and_writes_no_prospect():
    run = services.receive(name="companies.csv", chunks=[FILE])
    services.parse(run.pk)

    preview = services.preview(run.pk)

    assert (preview.create, preview.update, preview.skip, preview.refuse) == (2, 1, 0, 1)
    assert Company.objects.count() == 0
    assert Prospect.objects.count() == 0


def test_the_same_file_again_changes_nothing():
    imported()

    again = imported()

    assert (again.created_count, again.refused_count) == (0, 1)
    assert Company.objects.count() == 2
    assert Prospect.objects.count() == 2

"""A file doesn't overwrite what a person entered or locked, and an empty cell changes nothing."""

import pytest
from django.utils import timezone

from prospects.companies.models import Company, Prospect
from prospects.intake.models import ImportRow
from tests.prospects.intake.files import counts, csv_bytes, imported

pytestmark = pytest.mark.django_db

FIRST = csv_bytes("Company,Website,Industry,City,Country", "Acme,acme.com,Steel,Bonn,DE")
SECOND = csv_bytes("Company,Website,Industry,City,Country", "Acme,acme.com,Food,,DE")


def test_an_empty_cell_changes_nothing():
    imported(FIRST)

    imported(SECOND)

    acme = Company.objects.get()
    assert (acme.industry, acme.city) == ("Food", "Bonn")


@pytest.mark.parametrize("entry", [{"method": "person"}, {"method": "research", "locked": True}])
def test_a_person_s_value_and_a_lock_hold(entry: dict[str, object]):
    imported(FIRST)
    Company.objects.update(industry="Robots", provenance={"industry": {"source": "jo", "at": "2026-01-01", **entry}})

    run = imported(SECOND)

    assert Company.objects.get().industry == "Robots"
    assert counts(run) == (0, 1, 0, 0)
    reason = ImportRow.objects.get(import_run=run).reason
    assert reason == "keeps industry, entered by a person or locked; changes its original columns"


def test_research_gives_way_to_a_file():
    imported(FIRST)
    Company.objects.update(industry="Robots", provenance={"industry": {"source": "page", "method": "research"}})

    imported(SECOND)

    assert Company.objects.get().industry == "Food"


def test_an_edited_prospect_only_gets_what_it_lacks():
    header = "Company,Website,Contact name,Contact email,Job title"
    imported(csv_bytes(header, "Acme,acme.com,Jo,jo@acme.com,"))
    Prospect.objects.update(person_name="Johanna", edited_at=timezone.now())

    imported(csv_bytes(header, "Acme,acme.com,Joe,jo@acme.com,Buyer"))

    prospect = Prospect.objects.get()
    assert (prospect.person_name, prospect.person_title) == ("Johanna", "Buyer")

"""Undo takes back what the import did, and leaves what others did since."""

import pytest
from django.utils import timezone

from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.intake import services
from prospects.intake.errors import WrongState
from prospects.intake.models import Import
from prospects.intake.undo import Undone
from prospects.research.models import ResearchItem
from tests.factories import make_qualification, make_research
from tests.prospects.intake.files import csv_bytes, imported, parsed

pytestmark = pytest.mark.django_db

FIRST = csv_bytes("Company,Website,Industry,Employees", "Acme,acme.com,Steel,51-200")
SECOND = csv_bytes(
    "Company,Website,Industry,Employees,Phone,Colour",
    "Acme,acme.com,Food,300,+49 30 901820,red",
    "Acme,acme.com,Media,,,",
    "Apex,apex.io,Food,5,,",
)


def everything() -> list[object]:
    return [
        list(Company.objects.order_by("id").values("id", "name", "industry", "employees_min", "phone", "provenance")),
        list(CompanyKey.objects.order_by("key").values_list("key", "company")),
        list(Prospect.objects.order_by("id").values("id", "company", "original", "archived_at")),
    ]


def test_everything_is_as_before():
    imported(FIRST)
    before = everything()
    run = imported(SECOND)

    undone = services.undo(run.pk)

    assert undone == Undone(deleted=1, archived=0, restored=2, kept=0)
    assert everything() == before
    run.refresh_from_db()
    assert run.state == Import.State.UNDONE


def test_a_prospect_that_a_person_edited_since_is_kept():
    run = imported(FIRST)
    Prospect.objects.update(edited_at=timezone.now())

    undone = services.undo(run.pk)

    assert undone == Undone(deleted=0, archived=0, restored=0, kept=1)
    assert Prospect.objects.count() == 1


def test_a_value_that_a_person_typed_since_is_kept():
    imported(FIRST)
    run = imported(SECOND)
    acme = Company.objects.get(domain="acme.com")
    acme.industry = "Robots"
    acme.provenance["industry"] = {"source": "jo", "method": "person", "at": "2026-01-01"}
    acme.save()

    services.undo(run.pk)

    acme.refresh_from_db()
    assert (acme.industry, acme.employees_min, acme.phone) == ("Robots", 51, "")


def test_a_prospect_that_a_run_has_used_is_archived():
    run = imported(FIRST)
    make_qualification(prospect=Prospect.objects.get())

    undone = services.undo(run.pk)

    assert undone == Undone(deleted=0, archived=1, restored=0, kept=0)
    assert Prospect.objects.get().archived_at is not None


def test_a_prospect_whose_company_was_researched_is_archived():
    run = imported(FIRST)
    ResearchItem.objects.create(
        research=make_research(), company=Prospect.objects.get().company, outcome=ResearchItem.Outcome.DONE
    )

    undone = services.undo(run.pk)

    assert undone == Undone(deleted=0, archived=1, restored=0, kept=0)
    assert ResearchItem.objects.count() == 1


def test_an_archived_prospect_comes_back_with_the_next_import():
    run = imported(FIRST)
    make_qualification(prospect=Prospect.objects.get())
    services.undo(run.pk)

    imported(FIRST)

    assert Prospect.objects.get().archived_at is None


def test_what_a_later_import_named_too_is_kept():
    first = imported(FIRST)
    imported(SECOND)

    undone = services.undo(first.pk)

    assert undone == Undone(deleted=0, archived=0, restored=0, kept=1)
    assert Prospect.objects.count() == 2


def test_an_undone_import_leaves_no_trace_for_the_next():
    services.undo(imported(FIRST).pk)

    run = imported(FIRST)

    assert run.created_count == 1
    assert Company.objects.count() == 1


def test_only_a_committed_import_can_be_undone():
    run = parsed(FIRST)

    with pytest.raises(WrongState, match="The import is parsed; only a committed one can be undone"):
        services.undo(run.pk)

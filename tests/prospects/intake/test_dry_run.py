"""The dry run names what a commit does, row by row, and writes no prospect."""

import pytest

from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.intake import services
from prospects.intake.limits import CHUNK_ROWS
from prospects.intake.models import Import, ImportRow
from tests.prospects.intake.files import counts, csv_bytes, imported, parsed

pytestmark = pytest.mark.django_db

KNOWN = csv_bytes("Company,Website,Employees", "Acme,acme.com,51-200")
MIXED = csv_bytes(
    "Company,Website,Employees",
    "Acme,acme.com,51-200",
    "Apex,apex.io,5",
    "Apex,apex.io,9",
    ",,",
    ",,7",
    "Acme,acme.com,300",
)


def outcomes(run: Import) -> list[tuple[int, str, str]]:
    return list(
        ImportRow.objects.filter(import_run=run)
        .order_by("line")
        .values_list("line", "settled__outcome", "settled__reason")
    )


def test_the_dry_run_says_what_the_commit_then_does():
    imported(KNOWN)
    run = parsed(MIXED)

    preview = services.preview(run.pk)
    foreseen = outcomes(run)
    committed = services.commit(run.pk)

    assert (preview.create, preview.update, preview.skip, preview.refuse) == (1, 2, 1, 1)
    assert counts(committed) == (1, 2, 1, 1)
    assert outcomes(run) == foreseen
    assert preview.reasons == {"no name and no domain": 1}


def test_the_dry_run_writes_nothing_but_outcomes():
    imported(KNOWN)
    before = [list(model.objects.order_by("pk").values()) for model in (Company, CompanyKey, Prospect)]
    run = parsed(MIXED)

    services.preview(run.pk)

    assert [list(model.objects.order_by("pk").values()) for model in (Company, CompanyKey, Prospect)] == before
    run.refresh_from_db()
    assert run.state == Import.State.PREVIEWED
    assert not ImportRow.objects.filter(import_run=run, settled__prospect__isnull=False).exists()


def test_the_dry_run_can_be_repeated():
    run = parsed(MIXED)

    assert services.preview(run.pk) == services.preview(run.pk)


def test_duplicates_are_seen_across_chunks():
    lines = [f"Company {number},company-{number}.com,5" for number in range(CHUNK_ROWS + 10)]
    run = parsed(csv_bytes("Company,Website,Employees", *lines, "Company 3,company-3.com,70"))

    preview = services.preview(run.pk)
    committed = services.commit(run.pk)

    assert (preview.create, preview.update) == (CHUNK_ROWS + 10, 1)
    assert counts(committed) == (CHUNK_ROWS + 10, 1, 0, 0)
    assert Company.objects.get(domain="company-3.com").employees_max == 70


def test_the_sample_shows_the_first_rows_of_each_outcome():
    preview = services.preview(parsed(MIXED).pk)

    assert [(row.line, row.outcome, row.cells[0] if row.cells else "") for row in preview.rows] == [
        (2, "create", "Acme"),
        (3, "create", "Apex"),
        (4, "update", "Apex"),
        (6, "refuse", ""),
        (7, "update", "Acme"),
    ]


def test_columns_may_change_after_a_dry_run():
    run = parsed(csv_bytes("Company,Note", "Acme,acme.com", "Apex,apex.io"))
    services.preview(run.pk)

    services.map_columns(run.pk, columns={"Company": "name", "Note": "domain"})
    again = services.preview(run.pk)
    services.commit(run.pk)

    assert (again.create, again.refuse) == (2, 0)
    assert list(Company.objects.order_by("name").values_list("domain", flat=True)) == ["acme.com", "apex.io"]
    assert ImportRow.objects.filter(import_run=run, settled__prospect__isnull=False).count() == 2

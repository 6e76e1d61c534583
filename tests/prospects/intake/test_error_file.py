"""Refused rows come back with their reason, and can be mended and uploaded as they are."""

import csv
import io

import pytest

from prospects.companies.models import Company
from prospects.intake import services
from prospects.intake.errors import UnknownImport
from tests.prospects.intake.files import counts, csv_bytes, imported

pytestmark = pytest.mark.django_db


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_refused_rows_with_all_their_columns_and_the_reason():
    run = imported(csv_bytes("Company,Website,Note", "Acme,acme.com,x", ",,=1+1", ",bad site,+49 30 901820"))

    content = b"".join(services.error_rows(run.pk))

    assert rows_of(content) == [
        ["Company", "Website", "Note", "assay_reason"],
        ["", "", "'=1+1", "no name and no domain"],
        [
            "",
            "bad site",
            "+49 30 901820",
            "no name and no domain; left out “bad site”, which is no readable website or domain",
        ],
    ]


def test_the_mended_file_goes_in_as_it_is():
    run = imported(csv_bytes("Company,Website,Note", ",bad site,=1+1"))
    content = b"".join(services.error_rows(run.pk)).replace(b"bad site", b"good.com")

    again = imported(content, name="mended.csv")

    assert counts(again) == (1, 0, 0, 0)
    prospect = Company.objects.get(domain="good.com").prospects.get()
    assert prospect.original == {"Website": "good.com", "Note": "=1+1"}
    assert again.columns["assay_reason"] == ""


def test_a_row_with_too_many_cells_loses_none():
    run = imported(csv_bytes("Company,Website", "Acme, Inc,acme.com,Bonn", "Apex,apex.io"))

    lines = rows_of(b"".join(services.error_rows(run.pk)))

    assert lines[1] == [
        "Acme",
        "Inc",
        "has 4 cells where the header has 2: perhaps a quote is missing",
        "acme.com",
        "Bonn",
    ]


def test_an_unknown_import_is_said_before_the_first_byte():
    with pytest.raises(UnknownImport):
        services.error_rows(404)

"""A file that begins with a company instead of headers: its first line is a row like the others."""

import pytest

from prospects.companies.models import Company
from tests.prospects.intake.files import counts, imported, table, workbook


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_list_of_domains(encoding: str, ending: str):
    content = ending.join(["acme.ca", "https://www.bolt.com/about", "crane.com"]).encode(encoding)

    assert table(content) == (["column 1"], [["acme.ca"], ["https://www.bolt.com/about"], ["crane.com"]])


def test_a_single_domain():
    assert table(b"acme.com") == (["column 1"], [["acme.com"]])


def test_columns_as_many_as_the_widest_of_the_first_rows():
    content = b"Acme Inc,acme.com,\nBolt,bolt.com,Chicago\nCrane,,Boston\n"

    headers, rows = table(content)

    assert headers == ["column 1", "column 2", "column 3"]
    assert rows == [["Acme Inc", "acme.com"], ["Bolt", "bolt.com", "Chicago"], ["Crane", "", "Boston"]]


def test_a_workbook():
    assert table(workbook(["Acme", "info@acme.com"], ["Bolt", "x@bolt.com"])) == (
        ["column 1", "column 2"],
        [["Acme", "info@acme.com"], ["Bolt", "x@bolt.com"]],
    )


@pytest.mark.parametrize("header", ["Account.Name", "lead.website", "company.email", "deal.city", "Node.js", "No.of"])
def test_headers_with_dots_stay_headers(header: str):
    assert table(f"{header},Website\nAcme,acme.com\n".encode()) == ([header, "Website"], [["Acme", "acme.com"]])


def test_a_header_over_other_values_stays_one():
    assert table(b"acme.com,Website\nyes,bolt.com\nno,crane.com\n")[0] == ["acme.com", "Website"]


@pytest.mark.django_db
def test_no_company_is_lost():
    run = imported(b"Acme Inc,acme.com\nBolt,bolt.com\nCrane,crane.com\n")

    assert counts(run) == (3, 0, 0, 0)
    assert set(Company.objects.values_list("domain", flat=True)) == {"acme.com", "bolt.com", "crane.com"}

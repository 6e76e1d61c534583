"""A list of prospects as a file."""

import csv

import pytest
from django.test import Client

from tests.factories import make_company, make_fit, make_prospect, make_qualification, make_user

pytestmark = pytest.mark.django_db


def fetched(client: Client, query: str) -> list[dict[str, str]]:
    response = client.get(f"/prospects/file.csv?{query}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_all_that_the_filter_finds_comes_with_its_best_fit(sales: Client) -> None:
    acme = make_prospect(company=make_company(name="Acme", employees_min=51, employees_max=200), source="fair")
    make_fit(qualification=make_qualification(prospect=acme, score=91))
    make_prospect(source="crm")

    (row,) = fetched(sales, "everything=source%3Dfair")

    assert (row["name"], row["employees"], row["score"], row["fit"]) == ("Acme", "51 to 200", "91", "excellent")


def test_only_those_selected_come(sales: Client) -> None:
    chosen, _ = make_prospect(company=make_company(name="Chosen")), make_prospect()

    assert [row["name"] for row in fetched(sales, f"ids={chosen.pk}")] == ["Chosen"]


def test_a_formula_in_a_name_is_not_run_by_a_spreadsheet(sales: Client) -> None:
    make_prospect(company=make_company(name='=HYPERLINK("http://evil.example")'))

    (row,) = fetched(sales, "everything=")

    assert row["name"].startswith("'=")


def test_a_viewer_may_not_take_the_list_away(client: Client) -> None:
    client.force_login(make_user(permissions=["prospects.view_prospect"]))

    assert client.get("/prospects/file.csv?everything=").status_code == 403

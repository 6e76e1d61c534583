"""The list of prospects: search, filters, order, pages."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import (
    make_company,
    make_fit,
    make_icp,
    make_import,
    make_import_row,
    make_prospect,
    make_qualification,
    make_run,
)

pytestmark = pytest.mark.django_db
# Session, user, permissions; countries, profiles, the page, its fits, saved filters. Several pages are counted too.
STATEMENTS = 3 + 5


def names(page: str) -> list[str]:
    return re.findall(r'data-open href="/prospects/\d+/[^"]*">([^<]+)<', page)


def listed(client: Client, query: str = "") -> list[str]:
    return names(client.get(f"/prospects/?{query}").content.decode())


def judged(name: str, score: int, run: object) -> None:
    prospect = make_prospect(company=make_company(name=name))
    make_fit(qualification=make_qualification(run=run, prospect=prospect, score=score))


@pytest.mark.parametrize("number", [1, 30])
def test_a_page_costs_the_same_statements_however_many_rows(
    sales: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    run = make_run()
    for score in range(number):
        judged(f"Company {score}", score, run)

    with django_assert_num_queries(STATEMENTS):
        sales.get("/prospects/")


def test_it_finds_by_name_domain_and_person(sales: Client) -> None:
    make_prospect(company=make_company(name="Acme Foods", domain="acme.example"))
    make_prospect(company=make_company(name="Bolt", domain="bolt.example"), person_name="Grace Hopper")

    assert listed(sales, "q=acme") == ["Acme Foods"]
    assert listed(sales, "q=BOLT.ex") == ["Bolt"]
    assert listed(sales, "q=hopper") == ["Bolt"]
    assert "Nothing matches" in sales.get("/prospects/?q=nobody").content.decode()


def test_it_narrows_by_country_industry_source_and_import(sales: Client) -> None:
    dairy = make_prospect(company=make_company(name="Dairy", country="US", industry="Dairy farming"), source="fair")
    make_prospect(company=make_company(name="Steel", country="DE", industry="Steel"), source="crm")
    row = make_import_row(import_run=make_import(state="committed"), prospect=dairy)

    for query in ["country=US", "industry=dairy", "source=fair", f"import_run={row.import_run_id}"]:
        assert listed(sales, query) == ["Dairy"], query


def test_with_a_profile_it_ranks_by_fit_and_filters_by_level(sales: Client) -> None:
    run = make_run()
    for name, score in [("Low", 20), ("High", 90), ("Middle", 65)]:
        judged(name, score, run)
    make_prospect(company=make_company(name="Unjudged"))
    icp = run.icp_version.icp_id

    assert listed(sales, f"icp={icp}") == ["High", "Middle", "Low"]
    assert listed(sales, f"icp={icp}&sort=score") == ["Low", "Middle", "High"]
    assert listed(sales, f"icp={icp}&level=good") == ["Middle"]
    assert listed(sales, "level=excellent") == ["High"]
    assert listed(sales, f"icp={make_icp().pk}") == []


def test_pages_follow_each_other_without_gaps(sales: Client) -> None:
    for number in range(60):
        make_prospect(company=make_company(name=f"Company {number:02}"))

    first = sales.get("/prospects/?sort=name").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = sales.get("/prospects/" + following[1].replace("&amp;", "&")).content.decode()

    assert names(first) + names(second) == [f"Company {number:02}" for number in range(60)]
    assert "60 in all" in first


@pytest.mark.parametrize(
    "query", ["icp=x", "level=great", "after=rubbish", "sort=password", "import_run=-1", "icp=999999"]
)
def test_a_filter_that_cannot_be_read_narrows_nothing(sales: Client, query: str) -> None:
    make_prospect(company=make_company(name="Acme"))

    assert listed(sales, query) == ["Acme"]


def test_archived_prospects_are_left_out(sales: Client) -> None:
    from django.utils import timezone

    make_prospect(archived_at=timezone.now())

    assert listed(sales) == []

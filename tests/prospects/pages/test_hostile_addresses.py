"""Whatever stands in an address or a form, a page answers; it never crashes."""

import pytest
from django.test import Client

from tests.factories import make_batch, make_prospect, make_run

pytestmark = pytest.mark.django_db
VALUES = ["\x00", "'", "9" * 40, "-1", "²", "<script>alert(1)</script>", "x" * 3000]
ADDRESSES = [
    "/prospects/?q={}", "/prospects/?icp={}", "/prospects/?country={}", "/prospects/?import_run={}",
    "/prospects/?after={}", "/prospects/?sort={}", "/prospects/file.csv?ids={}", "/prospects/file.csv?everything={}",
    "/runs/?icp={}", "/runs/?state={}", "/runs/?after={}", "/runs/new/?ids={}", "/runs/new/?icp={}",
    "/runs/new/?everything=q%3D{}", "/profiles/new/?example={}", "/jobs/?batch={}", "/jobs/?queue={}",
    "/batches/?since={}", "/imports/?after={}",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_lists_and_forms_stand_anything_in_their_query(sales: Client, address: str) -> None:
    make_prospect()
    path, _, query = address.partition("?")
    name, _, prefix = query.partition("=")

    for value in VALUES:
        response = sales.get(path, {name: prefix.replace("{}", "").replace("%3D", "=") + value})
        assert response.status_code == 200, (address, value)
        if not response.streaming:
            assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("name", ["tab", "fit", "q", "page"])
def test_a_run_page_stands_anything_in_its_query(sales: Client, name: str) -> None:
    run = make_run()

    for value in VALUES[:-3]:
        assert sales.get(f"/runs/{run.pk}/", {name: value}).status_code == 200, (name, value)


@pytest.mark.parametrize("budget", ["", "nan", "inf", "lots", "\x00"])
def test_a_budget_that_is_no_number_is_refused_in_words(sales: Client, budget: str) -> None:
    run = make_run()

    page = sales.post(f"/runs/{run.pk}/budget/", {"budget": budget}, follow=True).content.decode()

    assert "Give the new budget as a number of dollars" in page


@pytest.mark.parametrize(
    ("state", "budget", "said"),
    [
        ("paused", "1e30", "above $1,000,000"),
        ("running", "2.50", "isn&#x27;t paused"),
    ],
)
def test_a_budget_that_changes_nothing_is_not_told_as_if_it_had(
    sales: Client, state: str, budget: str, said: str
) -> None:
    run = make_run(batch=make_batch(state=state, budget_micros=7))

    page = sales.post(f"/runs/{run.pk}/budget/", {"budget": budget}, follow=True).content.decode()

    assert said in page
    assert "goes on with the new budget" not in page
    run.batch.refresh_from_db()
    assert run.batch.budget_micros == 7


def test_a_lock_for_a_prospect_that_is_no_number_is_not_found(sales: Client) -> None:
    prospect = make_prospect()

    response = sales.post(f"/companies/{prospect.company_id}/lock/", {"prospect": "x", "field": "city", "locked": "1"})

    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/prospects/{}/", "/runs/{}/", "/imports/{}/", "/exports/{}/"])
def test_a_number_beyond_all_rows_is_not_found(sales: Client, path: str) -> None:
    assert sales.get(path.format("9" * 30)).status_code == 404

import pytest
from rest_framework.test import APIClient

from performance.flags.models import Flag

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.api.urls")]


def make_flags(percentages: list[int]) -> list[str]:
    """Names in the order of the list: by percentage, the highest first, then by name."""
    flags = [Flag(name=f"f{index:04}", percentage=percentage) for index, percentage in enumerate(percentages)]
    Flag.objects.bulk_create(flags)
    return [flag.name for flag in sorted(flags, key=lambda flag: (-flag.percentage, flag.name))]


def walk(client: APIClient, url: str | None, *, by: str) -> list[list[str]]:
    pages = []
    while url:
        page = client.get(url).json()
        pages.append([row["name"] for row in page["results"]])
        url = page[by]
    return pages


def test_the_pages_show_every_row_once_in_order(client: APIClient) -> None:
    names = make_flags([5, 5, 5, 90, 5, 5, 20])

    pages = walk(client, "/api/v1/list?per_page=3", by="next")

    assert pages == [names[:3], names[3:6], names[6:]]


def test_and_back_again(client: APIClient) -> None:
    names = make_flags([5, 5, 5, 90, 5, 5, 20])
    last = client.get(client.get(client.get("/api/v1/list?per_page=3").json()["next"]).json()["next"])

    pages = walk(client, last.json()["previous"], by="previous")

    assert pages == [names[3:6], names[:3]]
    assert last["Link"].endswith('rel="prev"')


def test_more_than_a_thousand_equal_values_end(client: APIClient) -> None:
    names = make_flags([7] * 1205)

    pages = walk(client, "/api/v1/list?per_page=300", by="next")

    assert [name for page in pages for name in page] == names


def test_a_row_that_arrives_meanwhile_moves_nothing(client: APIClient) -> None:
    names = make_flags([50, 40, 30, 20])
    first = client.get("/api/v1/list?per_page=2").json()
    Flag.objects.create(name="new", percentage=99)

    second = client.get(first["next"]).json()

    assert [row["name"] for row in second["results"]] == names[2:]


def test_a_page_costs_one_statement(client: APIClient, django_assert_num_queries: object) -> None:
    make_flags([1, 2, 3])
    client.get("/api/v1/list")

    with django_assert_num_queries(3):  # type: ignore[operator]  # the session, its user, the page
        client.get("/api/v1/list?per_page=2")


@pytest.mark.parametrize("cursor", ["", "x", "WzFd:1abc:def"])
def test_a_cursor_that_is_not_ours_is_refused(client: APIClient, cursor: str) -> None:
    answer = client.get("/api/v1/list", {"cursor": cursor})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"detail": "It isn't one of ours; begin again without it.", "parameter": "cursor"}
    ]


@pytest.mark.parametrize("size", ["0", "501", "-1", "ten", "9" * 40, "²", "000000005000000", "9" * 5000])
def test_a_page_size_out_of_range_is_refused(client: APIClient, size: str) -> None:
    assert client.get("/api/v1/list", {"per_page": size}).status_code == 400


def test_a_cursor_of_another_list_is_refused(client: APIClient) -> None:
    make_flags([3, 2, 1])
    cursor = client.get("/api/v1/list?per_page=1").json()["next"].partition("cursor=")[2].partition("&")[0]

    answer = client.get(f"/api/v1/list-by-change?cursor={cursor}")

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"detail": "It belongs to another list; begin again without it.", "parameter": "cursor"}
    ]

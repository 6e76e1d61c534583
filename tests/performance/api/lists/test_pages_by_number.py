"""Numbered pages and cursors are one convention: the same members, and each leads on to the other."""

from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from performance.api import pagination
from performance.api.lists import totals
from performance.flags.models import Flag

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.api.urls")]
LIST = "/api/v1/list"


@pytest.fixture(autouse=True)
def _no_list_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "_kept", {})


def make_flags(number: int) -> list[str]:
    Flag.objects.bulk_create(Flag(name=f"f{index:04}", percentage=50) for index in range(number))
    return [f"f{index:04}" for index in range(number)]


def names(page: dict[str, Any]) -> list[str]:
    return [row["name"] for row in page["results"]]


def test_a_numbered_page_says_where_it_stands(client: APIClient) -> None:
    flags = make_flags(7)

    page = client.get(LIST, {"page": 2, "limit": 3}).json()

    assert names(page) == flags[3:6]
    said = {
        name: page[name] for name in ("total", "total_is_estimate", "pages", "page", "limit", "has_next", "has_prev")
    }
    assert said == {
        "total": 7,
        "total_is_estimate": False,
        "pages": 3,
        "page": 2,
        "limit": 3,
        "has_next": True,
        "has_prev": True,
    }
    assert names(client.get(page["previous"]).json()) == names(client.get(page["first"]).json()) == flags[:3]
    assert names(client.get(page["next"]).json()) == names(client.get(page["last"]).json()) == flags[6:]


def test_a_page_by_cursor_has_the_same_members(client: APIClient) -> None:
    flags = make_flags(7)

    first = client.get(LIST, {"per_page": 3}).json()
    last = client.get(first["last"]).json()

    assert {**first, **last}.keys() == first.keys()
    assert (first["total"], first["pages"], first["page"], first["has_next"], first["has_prev"]) == (
        7,
        3,
        None,
        True,
        False,
    )
    assert names(last) == flags[4:]
    assert (last["has_next"], last["has_prev"], last["next"]) == (False, True, None)
    assert names(client.get(last["previous"]).json()) == flags[1:4]


def test_a_page_beyond_the_last_is_empty(client: APIClient) -> None:
    make_flags(3)

    page = client.get(LIST, {"page": 9, "limit": 3}).json()

    assert (page["results"], page["total"], page["has_next"], page["has_prev"]) == ([], 3, False, True)


@pytest.mark.parametrize("query", [{"page": 200}, {"page": 20, "limit": 500}, {"page": 10_000, "limit": 1}])
def test_the_last_page_that_has_a_number_is_empty_as_others_are(client: APIClient, query: dict[str, int]) -> None:
    make_flags(3)

    page = client.get(LIST, query)

    assert page.status_code == 200
    assert (names(page.json()), page.json()["next"], page.json()["total"]) == ([], None, 3)


def test_an_empty_list_has_one_page(client: APIClient) -> None:
    page = client.get(LIST).json()

    assert (page["results"], page["total"], page["pages"]) == ([], 0, 0)
    assert (page["next"], page["previous"], page["last"]) == (None, None, None)


def test_where_numbers_end_the_cursor_goes_on(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "LAST_NUMBERED_ROW", 6)
    monkeypatch.setattr("performance.api.lists.asked.LAST_NUMBERED_ROW", 6)
    flags = make_flags(10)

    last_numbered = client.get(LIST, {"page": 2, "limit": 3}).json()
    refused = client.get(LIST, {"page": 3, "limit": 3})

    assert "cursor=" in last_numbered["next"]
    assert names(client.get(last_numbered["next"]).json()) == flags[6:9]
    assert refused.status_code == 400
    assert refused.json()["errors"] == [
        {
            "detail": "It must be a whole number from 1 to 2; beyond that follow `next`, which is a cursor.",
            "parameter": "page",
        }
    ]


def test_a_long_list_is_counted_to_its_bound_and_estimated_beyond(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "EXACT_TO", 20)
    make_flags(300)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE performance_flag")

    long = client.get(LIST, {"limit": 10}).json()
    last = client.get(LIST, {"limit": 500}).json()

    assert (long["total"], long["total_is_estimate"]) == (300, True)
    assert (last["total"], last["total_is_estimate"]) == (300, False)


def test_a_long_list_is_not_counted_again_at_once(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(totals, "EXACT_TO", 20)
    make_flags(50)
    client.get(LIST, {"limit": 10})

    with django_assert_num_queries(3):  # the session, its user, the page
        page = client.get(LIST, {"limit": 10}).json()

    assert page["total_is_estimate"] is True


def test_the_same_page_has_the_same_bytes(client: APIClient) -> None:
    make_flags(7)

    assert client.get(LIST, {"limit": 3}).content == client.get(LIST, {"limit": 3}).content


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "1e3"}, "page"),
        ({"page": "two"}, "page"),
        ({"page": ""}, "page"),
        ({"page": "9" * 30}, "page"),
        ({"page": "201"}, "page"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1000000000"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"per_page": "501"}, "per_page"),
        ({"limit": "5", "per_page": "6"}, "per_page"),
        ({"page": "1", "cursor": "x"}, "page"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "\x00"}, "cursor"),
        ({"ordering": "name"}, "ordering"),
        ({"fields": "name,secret"}, "fields"),
        ({"fields": ""}, "fields"),
        ({"fields": "name.first"}, "fields"),
        ({"fields": "x" * 2001}, "fields"),
    ],
)
def test_what_makes_no_sense_is_named(client: APIClient, query: dict[str, str], parameter: str) -> None:
    answer = client.get(LIST, query)

    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]

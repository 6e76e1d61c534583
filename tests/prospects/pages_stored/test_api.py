"""Pages by the API: lists narrowed by site and words, changes, one page, and a text."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from performance.access.models import User
from prospects.pages.store import store_pages
from prospects.pages.upkeep import index_texts
from prospects.pages.urls import page_id
from tests.factories import make_user
from tests.prospects.pages_stored.visits import HOME, LATER, NOW, read, unread

pytestmark = pytest.mark.django_db
PIZZA = "https://www.acme.com/pizza"
SECRET = "https://www.acme.com/secret"
Get = Callable[[str], Any]


@pytest.fixture
def get() -> Get:
    user: User = make_user(permissions=["prospects.view_page", "prospects.view_pagetext"])
    client = APIClient()
    client.force_authenticate(user)

    def ask(path: str) -> Any:
        answer = client.get(f"/api/v1/pages{path}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


@pytest.fixture
def pages() -> None:
    store_pages(
        [
            read(),
            read("Frozen pizza", url=PIZZA, at=LATER, kind="product"),
            unread("refused", url=SECRET, code="robots"),
        ]
    )
    index_texts()


def urls(answer: Any) -> list[str]:
    return [row["url"] for row in answer["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [PIZZA, HOME]),
        ("?search=frozen+pizz", [PIZZA]),
        ("?search=pumps", [HOME]),
        ("?search=pumps+pizza", []),
        ("?search=%21%26", []),
        ("?kind=product", [PIZZA]),
        ("?site=acme.com", [PIZZA, HOME, SECRET]),
        ("?site=ACME.com&outcome=refused", [SECRET]),
        ("?site=other.com", []),
        ("?change=new", [PIZZA, HOME]),
        ("?limit=1", [PIZZA]),
    ],
)
def test_a_list_is_narrowed(get: Get, pages: None, query: str, found: list[str]) -> None:
    assert sorted(urls(get(query))) == sorted(found)


def test_what_wasnt_read_is_listed_of_one_site_only(get: Get, pages: None) -> None:
    client = APIClient()
    client.force_authenticate(make_user(permissions=["prospects.view_page"]))

    assert client.get("/api/v1/pages?outcome=refused").status_code == 400


def test_changes_are_fed_the_latest_first(get: Get, pages: None) -> None:
    store_pages([read(at=LATER), unread("gone", url=PIZZA, at=LATER.replace(hour=23))])

    assert [(row["url"], row["change"]) for row in get("/changes")["results"]] == [(PIZZA, "removed")]


def test_a_page_has_its_links_and_what_its_headers_said(get: Get, pages: None) -> None:
    page = get(f"/{page_id(HOME)}")

    assert (page["url"], page["outcome"], page["language"]) == (HOME, "read", "")
    assert page["links"] == ["https://www.acme.com/about"]
    assert page["facts"]["etag"] == '"1"'
    assert page["fetched_at"].startswith(NOW.strftime("%Y-%m-%dT%H:%M:%S"))


def test_a_text_is_had_by_its_hash(get: Get, pages: None) -> None:
    text_id = get(f"/{page_id(HOME)}")["text_id"]

    text = get(f"/texts/{text_id}")

    assert text["text"][: text["visible_length"]] == "Pumps for water\nAbout Partner"
    assert text["blocks"] == [{"kind": "p", "start": 0, "end": 15, "classes": ""}]

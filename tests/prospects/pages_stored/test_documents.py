"""What is read of a site for prompts: its telling pages, the best first, also while it is down."""

import pytest

from prospects.pages.reading import documents_of, known_pages
from prospects.pages.store import store_pages
from tests.prospects.pages_stored.visits import HOME, LATER, NOW, SITE, read, unread

pytestmark = pytest.mark.django_db


def test_home_and_about_come_first_and_each_text_once() -> None:
    store_pages(
        [
            read("A post", url=f"{HOME}blog/1", kind="news"),
            read("About us", url=f"{HOME}about", kind="about"),
            read("Welcome", url=HOME, kind="home"),
            read("Welcome", url=f"{HOME}welcome", kind="other"),
        ]
    )

    documents = documents_of([SITE, "other.com"], most=3, each=9)

    assert [(each.source, each.text) for each in documents[SITE]] == [
        (f"page:{HOME}", "Welcome\nA"),
        (f"page:{HOME}about", "About us\n"),
        (f"page:{HOME}blog/1", "A post\nAb"),
    ]
    assert list(documents) == [SITE]
    assert len(documents_of([SITE], most=1, each=9)[SITE]) == 1


def test_what_isnt_a_companys_page_is_left_out_and_a_site_that_is_down_is_dated() -> None:
    store_pages([read(), read("For sale", url=f"{HOME}x", code="parked"), read("Gone", url=f"{HOME}y")])
    store_pages([unread("failed", at=LATER), unread("gone", url=f"{HOME}y", at=LATER)])

    (document,) = documents_of([SITE], most=9, each=100)[SITE]

    assert (document.url, document.as_of, document.text[:5]) == (HOME, NOW, "Pumps")


def test_a_site_that_nobody_asked_is_not_known() -> None:
    assert known_pages(["nobody.com"], since=None) == {}
    assert documents_of([], most=1, each=1) == {}

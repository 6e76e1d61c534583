"""What a visit makes of a page: new, the same, changed, removed; its text is stored once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prospects.pages.models import Page, PageText
from prospects.pages.parsed import PageRead, Transfer
from prospects.pages.reading import known_pages
from prospects.pages.store import store_pages
from prospects.pages.urls import page_id
from tests.prospects.pages_stored.visits import HOME, LATER, NOW, SITE, read, unread

pytestmark = pytest.mark.django_db
ABOUT = "https://www.acme.com/about"


def stored() -> Page:
    return Page.objects.get(pk=page_id(HOME))


def test_a_page_that_is_read_first_is_new() -> None:
    changes = store_pages([read()])

    page = stored()
    assert changes == ["new"]
    assert (page.site, page.url, page.outcome, page.title, page.kind) == (SITE, HOME, "read", "Acme", "home")
    assert page.links == [ABOUT]
    assert page.facts == {
        "etag": '"1"', "content_type": "text/html", "charset": "utf-8", "externals": ["https://partner.net/"],
    }  # fmt: skip
    assert (page.first_seen_at, page.fetched_at, page.changed_at, page.text_at) == (NOW, NOW, NOW, NOW)


@pytest.mark.parametrize(
    ("first", "second", "change", "changed_at"),
    [
        (read(), read(at=LATER), "same", NOW),
        (read(), read("Valves", at=LATER), "changed", LATER),
        (read(), unread("read", at=LATER, status=304), "same", NOW),
        (read(), unread("gone", at=LATER), "removed", LATER),
        (read(), unread("failed", at=LATER), "same", NOW),
        (unread("failed"), read(at=LATER), "new", LATER),
        (unread("refused", code="robots"), unread("refused", at=LATER, code="robots"), "same", NOW),
        (unread("gone"), unread("gone", at=LATER), "same", NOW),
    ],
)
def test_a_further_visit_tells_what_has_changed(
    first: PageRead, second: PageRead, change: str, changed_at: object
) -> None:
    store_pages([first])

    changes = store_pages([second])

    assert changes == [change]
    assert (stored().change, stored().changed_at, stored().fetched_at) == (change, changed_at, LATER)
    assert stored().first_seen_at == NOW


def test_a_page_that_comes_back_is_new_again() -> None:
    store_pages([read()])
    store_pages([unread("gone", at=NOW + timedelta(days=1))])

    assert store_pages([read(at=LATER)]) == ["new"]


def test_what_was_read_last_stays_while_the_site_is_down() -> None:
    store_pages([read()])

    store_pages([unread("failed", at=LATER, code="timed_out", reason="No answer within 15 s.")])

    page = stored()
    assert (page.outcome, page.code, page.reason) == ("failed", "timed_out", "No answer within 15 s.")
    assert (page.title, page.links, page.text_at, page.facts["etag"]) == ("Acme", [ABOUT], NOW, '"1"')
    assert page.text_id is not None


def test_a_304_confirms_the_text_and_may_bring_another_etag() -> None:
    store_pages([read()])

    store_pages([unread("read", at=LATER, status=304, transfer=Transfer(etag='"2"'))])

    assert stored().text_at == LATER
    assert stored().facts["etag"] == '"2"'
    assert stored().facts["externals"] == ["https://partner.net/"]


def test_the_same_visit_stored_again_changes_nothing() -> None:
    visit = read()
    store_pages([visit])
    before = Page.objects.values().get()

    assert store_pages([visit]) == ["new"]
    assert Page.objects.values().get() == before


def test_an_older_visit_changes_nothing() -> None:
    store_pages([read(at=LATER)])

    assert store_pages([read("Old news", at=NOW)]) == ["new"]
    assert stored().fetched_at == LATER


def test_of_two_visits_at_once_the_later_counts() -> None:
    assert store_pages([read("Valves", at=LATER), read(at=NOW)]) == ["new", "new"]
    assert Page.objects.count() == 1
    assert stored().fetched_at == LATER


def test_a_text_is_stored_once_however_many_pages_say_it() -> None:
    store_pages([read(), read(url="https://www.acme.com/copy"), read(url="https://www.acme.com/other", at=LATER)])

    assert PageText.objects.count() == 1
    assert Page.objects.values("text_id").distinct().count() == 1


def test_one_spelling_of_a_url_is_one_page() -> None:
    store_pages([read(url="https://WWW.acme.com:443/?utm_source=mail#top"), read(url=HOME)])

    assert [page.url for page in Page.objects.all()] == [HOME]


def test_a_chunk_takes_as_many_statements_as_a_page() -> None:
    visits = [read(f"Page {number}", url=f"{HOME}{number}") for number in range(50)]

    with CaptureQueriesContext(connection) as queries:
        store_pages(visits)

    assert (
        len([query for query in queries if "prospects_" in query["sql"]]) == 3
    )  # which texts are known, those that are not, pages


def test_known_pages_are_what_a_crawl_goes_on_from() -> None:
    store_pages([read(), unread("refused", url=ABOUT, at=LATER, code="robots", depth=1)])

    known = known_pages([SITE, "other.com"], since=None)

    refused, home = known[SITE]
    assert (refused.url, refused.outcome, refused.code, refused.hash, refused.depth) == (
        ABOUT,
        "refused",
        "robots",
        None,
        1,
    )
    assert (home.etag, home.links, home.title, home.hash) == ('"1"', (ABOUT,), "Acme", stored().text_id)
    assert [page.url for page in known_pages([SITE], since=NOW + timedelta(seconds=1))[SITE]] == [ABOUT]

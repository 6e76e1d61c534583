"""A page as people see it: the list, what it said, and a value's quote where it stands."""

import html
import re
from uuid import UUID

import pytest
from django.test import Client

from prospects.pages.models import Page
from prospects.pages.store import store_pages
from prospects.pages.texts import texts_of
from prospects.pages.upkeep import index_texts
from prospects.pages.urls import page_id
from prospects.views import pages as views
from prospects.views.pages import quote_address
from tests.prospects.pages_stored.visits import HOME, LATER, read, unread

pytestmark = pytest.mark.django_db
ADDRESS = f"/pages/{page_id(HOME)}/"


def address_of(quote: str) -> str:
    page = Page.objects.get(url=HOME)
    assert page.text_id
    begins = texts_of([page.text_id])[page.text_id].text.index(quote)
    return quote_address(HOME, text_id=page.text_id, begins=begins, ends=begins + len(quote))


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_quote_is_marked_where_it_stands(sales: Client) -> None:
    store_pages([read("Pumps &amp; valves for <b>water</b>")])

    assert "Pumps <mark" not in shown(sales, ADDRESS)
    assert '<mark id="quote">Pumps &amp; valves</mark> for water' in shown(sales, address_of("Pumps & valves"))


def test_a_quote_of_the_markup_is_marked_there(sales: Client) -> None:
    store_pages([read()])

    assert 'title <mark id="quote">Acme</mark>' in shown(sales, address_of("Acme"))


def test_what_the_page_said_when_the_value_was_found_is_shown(sales: Client) -> None:
    store_pages([read("We are 40 people")])
    address = address_of("40 people")
    store_pages([read("We are 50 people", at=LATER)])

    page = shown(sales, address)

    assert '<mark id="quote">40 people</mark>' in page
    assert "This is what the page said when the value was found." in page
    assert "50 people" in shown(sales, ADDRESS)


def test_a_quote_outlives_its_page(sales: Client) -> None:
    store_pages([read("We are 40 people")])
    address = address_of("40 people")
    Page.objects.all().delete()

    assert '<mark id="quote">40 people</mark>' in shown(sales, address)
    assert sales.get(ADDRESS).status_code == 404


def test_the_text_of_a_page_is_never_markup(sales: Client) -> None:
    store_pages([read("&lt;script&gt;alert(1)&lt;/script&gt;", url=HOME)])

    page = shown(sales, address_of("<script>alert(1)"))

    assert "<script>alert(1)" not in page
    assert '<mark id="quote">&lt;script&gt;alert(1)</mark>' in page


@pytest.mark.parametrize(
    "query",
    ["text=nonsense", "begins=5&ends=2", "begins=0&ends=999999", "begins=-1&ends=x", f"text={UUID(int=7)}", "begins=1"],
)
def test_a_span_that_isnt_there_marks_nothing(sales: Client, query: str) -> None:
    store_pages([read()])

    assert '<mark id="quote">' not in shown(sales, f"{ADDRESS}?{query}")


def test_of_a_long_text_the_part_around_the_quote_is_shown(sales: Client) -> None:
    store_pages([read("word " * 10_000 + "needle " + "word " * 10_000)])

    page = shown(sales, address_of("needle"))

    assert "46,000 characters before this" in page
    assert '<mark id="quote">needle</mark>' in page
    assert len(page) < 100_000


def test_a_page_that_was_refused_says_why(sales: Client) -> None:
    store_pages([unread("refused", code="robots", reason="robots.txt forbids it.")])

    assert "robots.txt forbids it." in shown(sales, ADDRESS)
    assert "robots.txt forbids it." not in shown(sales, "/pages/")
    assert "robots.txt forbids it." in shown(sales, "/pages/?site=acme.com")


def test_pages_are_found_by_words_of_their_text(sales: Client) -> None:
    store_pages([read("Wir bauen Kläranlagen"), read("Pizza", url="https://www.acme.com/pizza")])
    index_texts()

    assert "/pizza" not in shown(sales, "/pages/?search=klaranl")
    assert HOME in shown(sales, "/pages/?search=klaranl")
    assert "No page has that" in shown(sales, "/pages/?search=%00nothing")


def test_a_list_of_more_than_a_page_is_turned(sales: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    urls = {f"https://www.acme.com/{number}" for number in range(5)}
    store_pages([read(url=url) for url in urls])

    seen: list[str] = []
    address = "/pages/"
    while address:
        page = shown(sales, address)
        seen += re.findall(r"https://www.acme.com/\d", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/pages/{html.unescape(found[1])}" if found else ""

    assert sorted(seen) == sorted(urls)


def test_nobody_without_the_permission_sees_a_page(client: Client) -> None:
    store_pages([read()])

    assert client.get(ADDRESS).status_code in (302, 403)

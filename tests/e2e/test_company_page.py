"""A person looks up where a value stands, and decides a conflict, in a browser."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from prospects.company_profiles.storage import store_many
from prospects.pages.degraded import Degraded
from tests.factories import make_company
from tests.prospects.company_profiles.findings import URL, make_page, quoted, researched, value

SAID = (
    "Acme Cold Chain GmbH\nWe lease refrigerated trucks to food producers in all of Germany, since 1987.\n"
    "Contact\nCall us: +49 228 123456, or write to info@acme.example.\nMarktplatz 1, 53111 Bonn\n" * 3
)


@pytest.mark.django_db(transaction=True)
def test_a_value_is_looked_up_and_a_conflict_decided(page: Page, live_server: LiveServer) -> None:
    said_by_a_file = {"city": {"source": "import:1", "method": "file", "at": "2026-01-01"}}
    company = make_company(name="Acme Cold Chain", domain="acme.example", city="Cologne", provenance=said_by_a_file)
    text = make_page(URL, SAID).text
    assert text is not None
    found = [
        quoted("name", "Acme Cold Chain GmbH", text=text, said=SAID),
        quoted("phone", "+49 228 123456", text=text, said=SAID, method="text"),
        quoted("email", "info@acme.example", text=text, said=SAID, method="link"),
        quoted("city", "Bonn", text=text, said=SAID, method="text", confidence=85),
        quoted("founded_year", "1987", text=text, said=SAID, method="llm", confidence=75),
        value("person", "Ada Lovelace", extra={"title": "Chief Engineer"}),
    ]
    off = (Degraded("llm_off", "The LLM couldn't be asked, so only rules read the pages."),)
    store_many([researched(company, *found, degraded=off)])

    page.goto(f"{live_server.url}/companies/{company.pk}/")
    page.get_by_role("link", name="+49 228 123456").click()
    page.locator("#source mark", has_text="+49 228 123456").wait_for()
    page.get_by_role("button", name="Take").click()

    page.locator("tr", has_text="City").filter(has_text="Bonn").first.wait_for()
    company.refresh_from_db()
    assert company.city == "Bonn"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

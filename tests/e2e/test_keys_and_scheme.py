"""Working by keyboard, and light and dark."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import make_company, make_prospect

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_list_is_walked_searched_and_opened_by_keys(page: Page, live_server: LiveServer) -> None:
    for name in ["Acme", "Bolt", "Cord"]:
        make_prospect(company=make_company(name=name))
    page.goto(f"{live_server.url}/prospects/?sort=name")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_label("Select Bolt")).to_be_checked()
    expect(page.get_by_text("1 selected")).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("cord")
    expect(page.locator("tbody[data-rows] tr")).to_have_count(1)
    assert "q=cord" in page.url
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cord")).to_be_visible()

    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()


def test_help_lists_the_keys_and_closes(page: Page) -> None:
    page.keyboard.press("?")

    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).not_to_be_visible()


def test_a_chosen_scheme_lasts(page: Page) -> None:
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.get_by_label("Switch between light and dark").click()
    page.reload()

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"

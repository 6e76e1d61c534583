"""A file of companies in, a ranked and explained list out, as a person does it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from prospects.icp.profile import parse_toml
from prospects.icp.services import save_version

EXAMPLES = Path(settings.BASE_DIR) / "examples"

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_from_a_file_to_a_prospect_with_its_evidence(page: Page, work: Callable[[str], None]) -> None:
    save_version(profile=parse_toml((EXAMPLES / "icp.toml").read_text()))

    page.get_by_role("link", name="Import a file").first.click()
    page.set_input_files("input[type=file]", EXAMPLES / "prospects.csv")
    expect(page.get_by_text("prospects.csv")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Upload and look at its columns").click()

    expect(page.get_by_role("heading", name="What each column means")).to_be_visible()
    expect(page.get_by_label("Website")).to_have_value("domain")
    assert fits(page)
    page.get_by_role("button", name="Make the dry run").click()

    expect(page.get_by_text("100 new, 0 changed, 0 known already, 0 refused")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Import 100 rows").click()
    page.get_by_role("link", name="Qualify them").click()

    expect(page.locator("#quote")).to_contain_text("nothing is bought")
    assert fits(page)
    page.get_by_role("button", name="Start the run").click()

    expect(page.get_by_text("The first verdicts are on their way")).to_be_visible()
    work("qualification")
    # Nobody reloads: the page fills by itself, and stops asking once the run has ended.
    expect(page.locator("#run .tiles")).to_contain_text("finished")
    expect(page.locator("tbody[data-rows] tr")).to_have_count(50)
    assert page.locator("#run").get_attribute("hx-trigger") is None
    assert fits(page)
    page.locator("a[data-open]").first.click()

    expect(page.locator("mark").first).to_be_visible()
    assert fits(page)

    page.get_by_text("Disagree with the score?").click()
    page.get_by_label("Your score").fill("12")
    page.get_by_label("Why").fill("They closed the plant.")
    page.get_by_role("button", name="Set the score").click()
    expect(page.get_by_text("The score is now 12, by you.")).to_be_visible()


def test_the_first_page_leads_a_newcomer_to_the_sample(page: Page) -> None:
    expect(page.get_by_role("heading", name="Bring in a list of companies")).to_be_visible()

    page.get_by_role("button", name="Try the sample of 100 companies").click()

    expect(page.get_by_role("heading", name="What each column means")).to_be_visible()

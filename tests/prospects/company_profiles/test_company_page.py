"""The company's page shows each value and, marked in the page's own text, the words that say it."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from config.roles import SALES, VIEWER
from prospects.company_profiles.models import ProfileConflict, ProfileValue
from prospects.company_profiles.sources import excerpt
from prospects.company_profiles.storage import store_many
from prospects.pages.degraded import Degraded
from prospects.pages.models import Page
from tests.factories import make_company, make_conflict, make_user
from tests.prospects.company_profiles.findings import URL, make_page, make_text, quoted, researched, value

pytestmark = pytest.mark.django_db
SAID = "Acme Cold Chain. Call us: +49 30 123456 <b>now</b>. We answer."
FILE = {"source": "import:1", "method": "file", "at": "2026-01-01"}


def client_as(role: str) -> Client:
    user = make_user()
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sales() -> Client:
    return client_as(SALES)


def researched_company(**fields: Any) -> int:
    """One whose phone stands on a page in the store."""
    company = make_company(name="Acme", domain="acme.example")
    page = make_page(URL, SAID)
    assert page.text is not None
    store_many([researched(company, quoted("phone", "+49 30 123456", text=page.text, said=SAID), **fields)])
    return company.pk


def test_a_value_is_marked_in_the_text_that_says_it(sales: Client) -> None:
    shown = sales.get(f"/companies/{researched_company()}/").content.decode()

    assert "Call us: <mark>+49 30 123456</mark> &lt;b&gt;now&lt;/b&gt;. We answer." in shown
    assert URL in shown
    found = ProfileValue.objects.get()
    assert f"?text={found.text_id}&amp;begins={found.begins}&amp;ends={found.ends}#quote" in shown


def test_the_value_that_is_asked_for_is_shown(sales: Client) -> None:
    company_id = researched_company()
    chosen = ProfileValue.objects.create(
        company_id=company_id, field="city", value="Bonn", key="bonn", confidence=80, method="text", url=URL,
        text=make_text("We are in Bonn today"), begins=10, ends=14,
        found_at="2026-03-02T09:00Z", last_seen_at="2026-03-02T09:00Z",
    )  # fmt: skip

    shown = sales.get(f"/companies/{company_id}/?value={chosen.pk}").content.decode()

    assert "We are in <mark>Bonn</mark> today" in shown
    assert "The page has changed since." in shown


def test_what_a_result_lacks_is_said(sales: Client) -> None:
    off = (Degraded("site_down", "The site was down: these are its last known pages."),)

    shown = sales.get(f"/companies/{researched_company(degraded=off)}/").content.decode()

    assert "The site was down: these are its last known pages." in shown


def test_a_value_without_a_text_says_so(sales: Client) -> None:
    company = make_company()
    store_many([researched(company, value("phone", "+4930123456"))])
    found = ProfileValue.objects.get()

    shown = sales.get(f"/companies/{company.pk}/?value={found.pk}").content.decode()

    assert "The text that said it is no longer kept." in shown


def test_hostile_values_are_escaped(sales: Client) -> None:
    company = make_company()
    bad = "<script>alert(1)</script>"
    found = value("description", bad, url=f"https://acme.example/{bad}", extra={"title": bad})
    store_many([researched(company, found)])
    make_conflict(company=company, current=bad, offered=bad)

    for path in (f"/companies/{company.pk}/", "/conflicts/"):
        answer = sales.get(path)
        assert answer.status_code == 200
        assert b"<script>alert(1)" not in answer.content


@pytest.mark.parametrize("asked", ["", "x", "0", "9" * 30, "-1"])
def test_the_page_stands_anything_in_its_query(sales: Client, asked: str) -> None:
    assert sales.get(f"/companies/{researched_company()}/?value={asked}").status_code == 200


def test_a_company_never_researched_says_so(sales: Client) -> None:
    assert b"Not researched yet" in sales.get(f"/companies/{make_company().pk}/").content


def test_a_page_that_is_gone_from_the_store_leaves_the_quote(sales: Client) -> None:
    company_id = researched_company()
    Page.objects.all().delete()

    assert "<mark>+49 30 123456</mark>" in sales.get(f"/companies/{company_id}/").content.decode()


def test_conflicts_are_decided_together_on_their_page(sales: Client) -> None:
    companies = [make_company(city="Cologne", provenance={"city": FILE}) for _ in range(2)]
    store_many([researched(one, value("city", "Bonn")) for one in companies])
    ids = list(ProfileConflict.objects.values_list("pk", flat=True))

    sales.post("/conflicts/decide/", {"ids": ids, "decision": "accept", "back": "/conflicts/?field=city"})

    for one in companies:
        one.refresh_from_db()
    assert [one.city for one in companies] == ["Bonn", "Bonn"]
    assert not ProfileConflict.objects.open().exists()


def test_decisions_lead_back_only_to_us(sales: Client) -> None:
    answer = sales.post("/conflicts/decide/", {"ids": [make_conflict().pk], "back": "https://evil.example/"})

    assert answer.headers["Location"] == "/conflicts/"


def test_a_viewer_sees_and_may_not_decide() -> None:
    viewer, conflict = client_as(VIEWER), make_conflict()

    assert viewer.get("/conflicts/").status_code == 200
    assert viewer.post("/conflicts/decide/", {"ids": [conflict.pk], "decision": "accept"}).status_code == 403
    conflict.refresh_from_db()
    assert conflict.state == "open"


def test_a_value_is_locked_from_the_companys_page(sales: Client) -> None:
    company = make_company()

    answer = sales.post(f"/companies/{company.pk}/lock/", {"field": "city", "locked": "1"})

    company.refresh_from_db()
    assert answer.headers["Location"] == f"/companies/{company.pk}/"
    assert company.provenance["city"]["locked"] is True


def test_the_list_of_conflicts_takes_as_many_statements_for_many(sales: Client, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        make_conflict()
    sales.get("/conflicts/")

    with django_assert_num_queries(4):
        sales.get("/conflicts/")


def test_an_excerpt_is_cut_at_words_and_markup_at_its_line() -> None:
    text = f"{'alpha ' * 100}BONN {'omega ' * 100}\nmeta city: Bonn\nlink x"
    visible = text.index("\nmeta")

    seen = excerpt(text, 600, 604, visible_length=visible, around=30)
    said = excerpt(text, visible + 12, visible + 16, visible_length=visible)

    assert (seen.before, seen.quote, seen.after) == ("alpha " * 5, "BONN", " omega omega omega omega omega")
    assert (seen.begins_text, seen.ends_text) == (False, False)
    assert (said.before, said.quote, said.after, said.is_markup) == ("meta city: ", "Bonn", "", True)

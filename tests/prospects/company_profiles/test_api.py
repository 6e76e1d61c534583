"""Profiles, values and conflicts over the API."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from rest_framework.test import APIClient

from config.roles import SALES
from performance.audit.models import AuditEntry
from prospects.company_profiles.models import ProfileConflict
from prospects.company_profiles.storage import store_many
from prospects.pages.degraded import Degraded
from tests.factories import make_company, make_conflict, make_user
from tests.prospects.company_profiles.findings import URL, make_text, quoted, researched, value

pytestmark = pytest.mark.django_db
FILE = {"source": "import:1", "method": "file", "at": "2026-01-01"}


@pytest.fixture
def sales() -> APIClient:
    user = make_user()
    user.groups.add(Group.objects.get(name=SALES))
    client = APIClient()
    client.force_authenticate(user)
    client.force_login(user)
    return client


def test_a_profile_says_what_it_came_to_and_what_it_lacks(sales: APIClient) -> None:
    company = make_company(name="Acme", domain="acme.example")
    off = (Degraded("llm_off", "No LLM is set up."),)
    store_many([researched(company, value("phone", "+4930123456"), degraded=off, mode="basic")])

    body = sales.get(f"/api/v1/company/{company.pk}/profile").json()

    assert (body["id"], body["name"], body["mode"], body["identity"]) == (company.pk, "Acme", "basic", "confirmed")
    assert body["degraded"] == [{"code": "llm_off", "says": "No LLM is set up."}]
    assert sales.get(f"/api/v1/company/{make_company().pk}/profile").status_code == 404


def test_values_name_their_page_and_offsets(sales: APIClient) -> None:
    company = make_company()
    said = "Call +49 30 123456"
    text = make_text(said)
    store_many([researched(company, quoted("phone", "+49 30 123456", text=text, said=said), value("city", "Bonn"))])

    found = sales.get(f"/api/v1/company/{company.pk}/values?field=phone&is_current=true").json()["results"]

    assert len(found) == 1
    assert (found[0]["url"], found[0]["page_hash"], found[0]["begins"], found[0]["ends"]) == (URL, str(text.pk), 5, 18)


def test_conflicts_are_listed_and_decided(sales: APIClient) -> None:
    company = make_company(city="Cologne", provenance={"city": FILE})
    store_many([researched(company, value("city", "Bonn"))])

    [conflict] = sales.get("/api/v1/company/conflicts?reason=file&field=city").json()["results"]
    decided = sales.post(f"/api/v1/company/conflicts/{conflict['id']}/decide", {"accept": True}, format="json")
    again = sales.post(f"/api/v1/company/conflicts/{conflict['id']}/decide", {"accept": False}, format="json")

    company.refresh_from_db()
    assert (conflict["current"], conflict["offered"], conflict["url"]) == ("Cologne", "Bonn", URL)
    assert (decided.status_code, decided.json()["state"], company.city) == (200, "accepted", "Bonn")
    assert (again.status_code, again.json()["code"]) == (409, "conflict_decided")
    outcomes = AuditEntry.objects.filter(action="conflict.decide").order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["done", "refused"]


def test_many_are_decided_by_one_request(sales: APIClient) -> None:
    ids = [make_conflict().pk for _ in range(3)]
    gone = make_conflict(state="outdated").pk

    body = sales.post("/api/v1/company/conflicts/decide", {"ids": [*ids, gone], "accept": False}, format="json").json()

    assert body["decided"] == 3
    assert [one["id"] for one in body["refused"]] == [gone]
    assert ProfileConflict.objects.filter(state="kept").count() == 3


@pytest.mark.parametrize("body", [{}, {"ids": [], "accept": True}, {"ids": ["x"], "accept": True}, {"ids": [1]}])
def test_a_decision_that_says_nothing_is_refused(sales: APIClient, body: dict[str, Any]) -> None:
    assert sales.post("/api/v1/company/conflicts/decide", body, format="json").status_code == 400

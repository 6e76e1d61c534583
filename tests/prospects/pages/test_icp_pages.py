"""Customer profiles, written as text."""

import pytest
from django.test import Client

from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.icp.profile import parse_toml
from prospects.icp.services import save_draft
from tests.factories import make_icp, make_icp_version

pytestmark = pytest.mark.django_db
TEXT = """
title = "Dairies"
description = "Who sells milk."
[[criteria]]
kind = "industry"
any_of = ["Dairy"]
weight = 60
must = true
[[criteria]]
kind = "employees"
min = 50
weight = 40
"""


def test_a_profile_is_written_shown_and_edited_to_a_second_version(sales: Client) -> None:
    page = sales.post("/profiles/new/", {"text": TEXT}, follow=True).content.decode()
    text = sales.get("/profiles/dairies/edit/").context["text"]
    sales.post("/profiles/dairies/edit/", {"text": text.replace("weight = 40", "weight = 20")})

    assert "Saved as version 1." in page
    assert "60 %" in page
    assert 'title="Unmet, it caps the score at 39">must' in page
    icp = IdealCustomerProfile.objects.get(slug="dairies")
    assert [version.number for version in icp.versions.order_by("number")] == [1, 2]
    assert icp.current is not None
    assert icp.current.number == 2


def test_saving_what_has_not_changed_makes_no_version(sales: Client) -> None:
    sales.post("/profiles/new/", {"text": TEXT})
    text = sales.get("/profiles/dairies/edit/").context["text"]

    page = sales.post("/profiles/dairies/edit/", {"text": text}, follow=True).content.decode()

    assert "Nothing has changed" in page
    assert ICPVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "not valid TOML"),
        ('title = "No criteria"', "criteria"),
        ('title = "X"\n[[criteria]]\nkind = "colour"\nweight = 1', "colour"),
    ],
)
def test_what_is_wrong_is_said_beside_the_text_as_typed(sales: Client, text: str, said: str) -> None:
    response = sales.post("/profiles/new/", {"text": text})

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert response.context["text"] == text
    assert not IdealCustomerProfile.objects.exists()


def test_an_earlier_version_is_shown_as_such(sales: Client) -> None:
    icp = make_icp()
    icp.current = make_icp_version(icp=icp)
    icp.save()

    page = sales.get(f"/profiles/{icp.slug}/?version=1").content.decode()

    assert "not the current one" in page
    assert sales.get(f"/profiles/{icp.slug}/?version=9").status_code == 404


def test_the_list_counts_versions_and_verdicts(sales: Client) -> None:
    icp = make_icp(title="Dairies")

    page = sales.get("/profiles/").content.decode()

    assert f'href="/profiles/{icp.slug}/"' in page
    assert "50 %" in page


def test_a_draft_is_used_only_once_somebody_says_so(sales: Client) -> None:
    version = save_draft(profile=parse_toml(TEXT), origin="llm")

    page = sales.get("/profiles/dairies/").content.decode()
    before = IdealCustomerProfile.objects.usable().count()
    after = sales.post("/profiles/dairies/activate/", {"version": version.number}, follow=True).content.decode()

    assert "a draft" in page
    assert "Use this version" in page
    assert before == 0
    assert "New runs use version 1." in after
    assert IdealCustomerProfile.objects.usable().get().current == version


def test_without_an_llm_nothing_is_drafted_and_the_page_says_what_to_set(sales: Client) -> None:
    response = sales.post("/profiles/draft/", {"name": "Acme", "description": "We sell milk to schools. " * 5})

    assert response.status_code == 422
    assert "No LLM is set up" in response.content.decode()
    assert not IdealCustomerProfile.objects.exists()

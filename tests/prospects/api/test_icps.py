import pytest
from pytest_django import Settings

from prospects.icp.models import ICPVersion, IdealCustomerProfile
from tests.factories import make_icp
from tests.prospects.api.conftest import As

pytestmark = pytest.mark.django_db
ICPS = "/api/v1/icps"
PROFILE = {
    "title": "Food in Ohio",
    "criteria": [
        {"kind": "industry", "any_of": ["Food"], "weight": 40, "must": True},
        {"kind": "employees", "min": 50, "max": 2000, "weight": 30},
    ],
}
TOML = """
title = "Food in Ohio"
[[criteria]]
kind = "industry"
any_of = ["Food"]
weight = 40
must = true
[[criteria]]
kind = "employees"
min = 50
max = 2000
weight = 30
"""


def test_the_same_profile_as_json_and_as_toml_is_one_version(as_: As) -> None:
    client = as_("sales")

    by_json = client.post(ICPS, PROFILE)
    by_toml = client.generic("POST", ICPS, TOML, content_type="application/toml")

    assert by_json.status_code == by_toml.status_code == 201, (by_json.json(), by_toml.json())
    assert by_json.json()["content_hash"] == by_toml.json()["content_hash"]
    assert ICPVersion.objects.count() == 1
    assert client.get(by_json["Location"]).json()["content"]["title"] == "Food in Ohio"


def test_a_changed_profile_is_a_new_version_and_the_current_one(as_: As) -> None:
    client = as_("sales")
    slug = client.post(ICPS, PROFILE).json()["icp"]

    changed = client.put(f"{ICPS}/{slug}", {**PROFILE, "description": "Cold chains"})

    assert (changed.status_code, changed.json()["number"]) == (201, 2)
    assert client.get(f"{ICPS}/{slug}").json()["current"]["number"] == 2
    assert [one["number"] for one in client.get(f"{ICPS}/{slug}/versions").json()["results"]] == [2, 1]
    assert client.post(f"{ICPS}/{slug}/versions/1/activate").json()["number"] == 1
    assert client.get(f"{ICPS}/{slug}").json()["current"]["number"] == 1


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", '{"title": "None", "criteria": []}', "icp_invalid"),
        ("application/json", "[]", "icp_invalid"),
        ("application/toml", "title = ", "icp_unreadable"),
        ("application/toml", 'title = "x"' + "#" * 200_001, "icp_unreadable"),
    ],
)
def test_a_profile_that_can_not_be_used_says_why_and_is_not_kept(
    as_: As, content_type: str, body: str, code: str
) -> None:
    answer = as_("sales").generic("POST", ICPS, body, content_type=content_type)

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert not IdealCustomerProfile.objects.exists()


def test_the_list_shows_profiles_in_use_by_title(as_: As) -> None:
    make_icp(title="B")
    make_icp(title="A")
    make_icp(title="Z", archived_at="2026-01-01T00:00Z")

    assert [one["title"] for one in as_("viewer").get(ICPS).json()["results"]] == ["A", "B"]


def test_without_an_llm_nothing_is_drafted(as_: As, settings: Settings) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""

    answer = as_("sales").post(f"{ICPS}/generate", {"name": "Acme", "description": "We sell refrigerated trucks. " * 3})

    assert answer.json()["code"] == "icp_not_generated"
    assert not IdealCustomerProfile.objects.exists()


def test_with_one_a_batch_is_started(as_: As, settings: Settings) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    client = as_("sales")

    answer = client.post(f"{ICPS}/generate", {"name": "Acme", "description": "We sell refrigerated trucks. " * 3})

    assert answer.status_code == 202, answer.json()
    assert answer["Location"] == f"/api/v1/batches/{answer.json()['batch_id']}"
    assert client.get(answer["Location"]).json()["state"] == "running"

import re

import pytest
from django.contrib.staticfiles import finders
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


def test_its_page_loads_nothing_from_elsewhere(client: APIClient) -> None:
    page = client.get("/api/v1/docs").content.decode()

    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    files = [address for address in loaded if address.startswith("/static/")]
    assert files
    assert [address for address in loaded if address.startswith(("http:", "https:", "//"))] == []
    assert [address for address in files if finders.find(address.removeprefix("/static/")) is None] == []


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/schema"])
def test_strangers_do_not_see_them(path: str) -> None:
    assert APIClient().get(path).status_code == 401


def test_the_schema_says_what_can_go_wrong_and_how_to_ask_twice(client: APIClient) -> None:
    schema = client.get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).json()

    qualify = schema["paths"]["/api/v1/qualify"]["post"]
    assert {"202", "400", "401", "403", "409", "415", "422", "429"} <= set(qualify["responses"])
    assert list(qualify["responses"]["409"]["content"]) == ["application/problem+json"]
    assert [parameter["name"] for parameter in qualify["parameters"]] == ["Idempotency-Key"]
    assert len(qualify["requestBody"]["content"]["application/json"]["examples"]) == 3

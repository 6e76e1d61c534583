import pytest
from django.core.cache import caches
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.api.urls")]


def test_a_client_beyond_its_rate_is_told_when_to_come_back(client: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 3

    statuses = [client.get("/api/v1/list").status_code for _ in range(4)]
    answer = client.get("/api/v1/list")

    assert statuses == [200, 200, 200, 429]
    assert answer.json()["code"] == "throttled"
    assert 1 <= int(answer["Retry-After"]) <= 61


def test_somebody_else_is_not_held_up(client: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 1
    other = APIClient()
    other.force_login(make_user())
    client.get("/api/v1/list")

    assert client.get("/api/v1/list").status_code == 429
    assert other.get("/api/v1/list").status_code == 200


def test_it_can_be_switched_off(client: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 1
    settings.RATE_LIMIT_ENABLED = False

    assert [client.get("/api/v1/list").status_code for _ in range(3)] == [200] * 3


def test_without_valkey_nothing_is_limited(client: APIClient, settings: Settings) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 1
    settings.CACHES = {
        **settings.CACHES,
        "limits": {**settings.CACHES["limits"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    caches["limits"].close()

    assert [client.get("/api/v1/list").status_code for _ in range(3)] == [200] * 3

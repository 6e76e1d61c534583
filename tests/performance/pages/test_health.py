"""Is the process alive, and can it serve?"""

import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from performance.views import health


def test_livez_asks_nobody(client: Client) -> None:
    response = client.get("/livez")

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_is_ok_with_a_migrated_database_and_valkey(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": "ok", "valkey": "ok"}}


@pytest.mark.django_db
def test_without_valkey_it_is_degraded_and_still_serves(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    response = client.get("/readyz")

    assert (response.status_code, response.json()["status"]) == (200, "degraded")


@pytest.mark.django_db
def test_a_database_that_is_away_makes_it_unready_and_leaves_it_alive(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing listens on port 1.
    away = DatabaseWrapper({**connection.settings_dict, "HOST": "127.0.0.1", "PORT": "1"})
    monkeypatch.setattr(health, "connection", away)

    response = client.get("/readyz")

    assert (response.status_code, response.json()["checks"]["database"]) == (503, "unreachable")
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_a_database_behind_the_code_is_not_ready(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="prospects").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "1 apps need `manage.py migrate`"

"""A page that nobody has is made by one; what isn't a 200 is kept by nobody, and holds up nobody."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from rest_framework.permissions import IsAuthenticated
from rest_framework.test import APIClient

from performance.access.models import User
from performance.api.reads.mixin import CachedReads
from performance.cache import filling, scanning, tags
from tests.factories import make_user
from tests.performance.api.reads.conftest import NUMBER, client_of
from tests.performance.api.reads.urls import made

pytestmark = pytest.mark.urls("tests.performance.api.reads.urls")
# Whoever waited for somebody else's page would wait for so long.
WAIT_S = 60.0


@pytest.fixture(autouse=True)
def _long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "WAIT_S", WAIT_S)


def together(ask: Callable[[], Any], *, threads: int) -> list[Any]:
    """What `ask` gives to each of several threads that begin at once."""
    answers: list[Any] = []
    gate = threading.Barrier(threads)

    def run() -> None:
        gate.wait()
        answers.append(ask())
        connection.close()

    crowd = [threading.Thread(target=run) for _ in range(threads)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    return answers


def test_of_many_who_miss_one_makes_it(user: User, settings: Any) -> None:
    settings.RATE_LIMITS = {"api": (1_000, 60)}
    client = client_of(user)

    answers = together(lambda: client.get(f"{NUMBER}?sleep_ms=200"), threads=8)

    assert {each.status_code for each in answers} == {200}
    assert len({each.content for each in answers}) == 1
    assert len(made) == 1


@pytest.mark.parametrize("status", [203, 404, 409, 500, 503])
def test_what_isnt_a_200_is_made_each_time_and_delays_nobody(client: APIClient, status: int) -> None:
    began = time.monotonic()

    answers = [client.get(f"{NUMBER}?status={status}") for _ in range(5)]

    assert [each.status_code for each in answers] == [status] * 5
    assert len(made) == 5
    assert time.monotonic() - began < WAIT_S / 2


def test_after_a_refusal_everybody_asks_for_themselves(user: User, settings: Any) -> None:
    settings.RATE_LIMITS = {"api": (1_000, 60)}
    client = client_of(user)
    client.get(f"{NUMBER}?status=404&sleep_ms=1")
    began = time.monotonic()

    answers = together(lambda: client.get(f"{NUMBER}?status=404&sleep_ms=300"), threads=4)

    assert [each.status_code for each in answers] == [404] * 4
    assert time.monotonic() - began < WAIT_S / 2


def test_a_crash_is_nobodys_page_and_holds_up_nobody(client: APIClient) -> None:
    client.raise_request_exception = False  # type: ignore[attr-defined]
    began = time.monotonic()

    answers = [client.get("/api/v1/read/crash") for _ in range(3)]

    assert [each.status_code for each in answers] == [500] * 3
    assert answers[0].headers["Content-Type"] == "application/problem+json"
    assert made == ["crash"] * 3
    assert time.monotonic() - began < WAIT_S / 2


@pytest.mark.parametrize("kind", ["cookie", "store"])
def test_what_is_for_one_client_isnt_kept(client: APIClient, kind: str) -> None:
    answers = [client.get(f"{NUMBER}?{kind}=1") for _ in range(2)]

    assert [each.json()["made"] for each in answers] == [1, 2]
    assert not answers[0].has_header("ETag")


def test_inside_a_transaction_nothing_is_kept_and_nothing_kept_is_shown(client: APIClient) -> None:
    assert client.get(NUMBER).json()["made"] == 1
    with transaction.atomic():
        assert client.get(NUMBER).json()["made"] == 2
    assert client.get(NUMBER).json()["made"] == 1


def test_a_view_whose_readers_arent_told_by_their_permissions_cant_be_cached() -> None:
    with pytest.raises(ImproperlyConfigured, match="Somebodys is cached"):
        type("Somebodys", (CachedReads,), {"cache_tags": ("a",), "permission_classes": (IsAuthenticated,)})


def test_nothing_is_remembered_of_a_name_longer_than_any_of_ours(transactional_db: None) -> None:
    client, long = client_of(make_user(permissions=["prospects.view_idealcustomerprofile"])), "a" * 4_000

    answers = [client.get(f"/api/v1/icps/{long}") for _ in range(2)]

    assert [each.status_code for each in answers] == [404, 404]
    assert not [tag for tag in tags._known if long in tag]
    assert not list(scanning.matching(f"*{long}*"))

"""Signing in and the pages' forms, which django-ratelimit counts."""

import time

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from performance.limits import allowances
from performance.limits.models import Allowance
from tests.factories import make_user
from tests.performance.limits.conftest import SetLimit

pytestmark = pytest.mark.django_db
SIGN_IN = "/api/v1/tokens/sign-in"


@pytest.fixture
def seller() -> Client:
    browser = Client()
    browser.force_login(make_user(permissions=["prospects.add_import", "prospects.add_qualificationrun"]))
    return browser


def guess(address: str, number: int, username: str = "nobody") -> list[int]:
    client = APIClient(REMOTE_ADDR=address)
    return [client.post(SIGN_IN, {"username": username, "password": "guess"}).status_code for _ in range(number)]


def test_without_valkey_guessing_is_still_limited(valkey_away: None) -> None:
    assert guess("192.0.2.1", 12) == [401] * 10 + [429] * 2
    assert guess("192.0.2.2", 1) == [401]


def test_without_valkey_one_name_can_t_be_guessed_from_everywhere(valkey_away: None) -> None:
    started = time.monotonic()

    statuses = [guess(f"192.0.2.{number}", 1, username="Anna")[0] for number in range(80)]

    # One more is due every two seconds.
    due = 31 + (time.monotonic() - started) / 2
    assert statuses[:30] == [401] * 30
    assert statuses.count(401) <= due
    assert 429 in statuses


def test_one_ipv6_network_is_one_guesser(settings: Settings) -> None:
    statuses = [guess(f"2001:db8:7:7::{number:x}", 1)[0] for number in range(21)]

    # Of a fixed window's ten, or of two windows' where one ends meanwhile.
    assert statuses[:10] == [401] * 10
    assert 429 in statuses


def test_without_valkey_forms_are_still_limited(seller: Client, set_limit: SetLimit, valkey_away: None) -> None:
    set_limit("qualify", 2)

    answers = [seller.post("/imports/new/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    wait_s = int(answers[2]["Retry-After"])
    assert 20 < wait_s <= 30
    assert f"Wait {wait_s} seconds" in answers[2].content.decode()


def test_an_allowance_holds_for_forms_too(set_limit: SetLimit) -> None:
    set_limit("qualify", 1)
    user = make_user(permissions=["prospects.add_import"])
    Allowance.objects.create(policy="qualify", user=user, tokens=3, period_s=86_400)
    allowances.read()
    browser = Client()
    browser.force_login(user)

    assert [browser.post("/imports/new/").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_each_form_counts_by_itself(seller: Client, set_limit: SetLimit) -> None:
    set_limit("qualify", 1, 86_400)

    statuses = [seller.post(address).status_code for address in ("/imports/new/", "/runs/new/", "/imports/new/")]

    assert statuses == [200, 200, 429]


def test_the_sign_in_page_says_too_many() -> None:
    browser = Client(REMOTE_ADDR="192.0.2.77")
    answers = [browser.post("/login/", {"username": "nobody", "password": "guess"}) for _ in range(21)]

    answer = next(each for each in answers if each.status_code != 200)
    assert answer.status_code == 429
    assert "Too many attempts. Wait a minute, then try again." in answer.content.decode()

import pytest
from django.core.cache import caches
from django.test import Client
from rest_framework.test import APIClient

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> None:
    caches["limits"].clear()


def test_the_eleventh_attempt_of_an_address_in_a_minute_is_refused_even_with_the_right_password() -> None:
    user = make_user()
    wrong = {"username": user.username, "password": "guess"}
    client = APIClient()

    before = [client.post("/api/v1/tokens/sign-in", wrong).status_code for _ in range(10)]
    after = client.post("/api/v1/tokens/sign-in", wrong | {"password": "s3cret-enough"})

    assert before == [401] * 10
    assert after.status_code == 429
    assert after.json()["code"] == "too_many_attempts"
    assert after["Retry-After"] == "60"


def test_the_limit_holds_at_the_admins_door_too() -> None:
    staff = make_user(is_staff=True)
    wrong = {"username": staff.username, "password": "guess"}
    for _ in range(10):
        Client().post("/admin/login/", wrong)

    answer = Client().post("/admin/login/", wrong | {"password": "s3cret-enough"})

    assert "sessionid" not in answer.cookies


def test_another_address_is_not_held_up() -> None:
    user = make_user()
    for _ in range(11):
        APIClient().post("/api/v1/tokens/sign-in", {"username": user.username, "password": "guess"})

    answer = APIClient(REMOTE_ADDR="192.0.2.7").post(
        "/api/v1/tokens/sign-in", {"username": user.username, "password": "s3cret-enough"}
    )

    assert answer.status_code == 201

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from prospects.intake.models import Import

pytestmark = pytest.mark.django_db
ONE_A_MINUTE = {"api": (100, 60), "qualify": (1, 60)}


@pytest.fixture(autouse=True)
def limits_begin_anew() -> Iterator[None]:
    caches["limits"].clear()
    yield
    caches["limits"].clear()


@pytest.mark.parametrize("address", ["/imports/new/", "/imports/sample/", "/runs/new/"])
def test_who_sends_too_often_is_told_when_to_come_back(sales: Client, settings: Settings, address: str) -> None:
    settings.RATE_LIMIT_ENABLED, settings.RATE_LIMITS = True, ONE_A_MINUTE
    sales.post(address)
    before = Import.objects.count()

    answer = sales.post(address)

    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert "Nothing has been started." in answer.content.decode()
    assert Import.objects.count() == before


def test_looking_is_not_limited_nor_anything_where_limits_are_off(sales: Client, settings: Settings) -> None:
    settings.RATE_LIMITS = ONE_A_MINUTE
    settings.RATE_LIMIT_ENABLED = True
    looked = [sales.get("/imports/new/").status_code for _ in range(3)]
    settings.RATE_LIMIT_ENABLED = False
    sent = [sales.post("/imports/new/").status_code for _ in range(3)]

    assert looked == sent == [200, 200, 200]

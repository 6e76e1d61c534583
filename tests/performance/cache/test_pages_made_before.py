"""Pages are made before anybody asks: once for each set of permissions, as people get them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from performance.cache.pages import people, warm_pages
from performance.flags.models import Flag
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/flags"


def test_a_page_that_was_made_is_the_one_that_people_get(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://testserver"
    somebody = make_user(permissions=["performance.view_flag"], last_login=timezone.now())
    alike = make_user(permissions=["performance.view_flag"])
    Flag.objects.create(name="a-flag")

    made = warm_pages([PATH, f"{PATH}?limit=1"])
    Flag.objects.update(name="changed-behind-its-back")
    client = Client()
    client.force_login(alike)
    answers = [client.get(PATH), client.get(f"{PATH}?limit=1")]

    assert made == 2
    assert [answer.json()["results"][0]["name"] for answer in answers] == ["a-flag", "a-flag"]
    assert somebody.pk != alike.pk


def test_once_for_each_set_of_permissions_among_the_active() -> None:
    now = timezone.now()
    long_ago = now - timedelta(days=30)
    viewers = [make_user(permissions=["performance.view_flag"], last_login=now) for _ in range(3)]
    other = make_user(permissions=["performance.view_batch"], last_login=now)
    make_user(permissions=["performance.view_job"], last_login=long_ago)
    make_user(permissions=["performance.change_flag"], last_login=now, is_active=False)

    found = [user.pk for user in people(at=now)]

    assert len(found) == 2
    assert other.pk in found
    assert any(viewer.pk in found for viewer in viewers)


def test_without_the_address_people_use_nothing_is_made(settings: Settings) -> None:
    settings.PUBLIC_URL = ""
    make_user(permissions=["performance.view_flag"], last_login=timezone.now())

    assert warm_pages([PATH]) == 0

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.flags import services
from performance.flags.models import Flag
from performance.flags.services import is_on, is_sampled
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    services._forget_now()
    yield
    services._forget_now()


def test_a_flag_without_a_row_is_off() -> None:
    assert not is_on("nothing")


def test_it_is_read_from_the_database_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Flag.objects.create(name="new-list", rollout="on")

    with django_assert_num_queries(1):
        assert [is_on("new-list") for _ in range(5)] == [True] * 5


def test_another_process_finds_it_in_valkey(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Flag.objects.create(name="new-list", rollout="on")
    is_on("new-list")
    services._kept = (float("-inf"), {})

    with django_assert_num_queries(0):
        assert is_on("new-list")


def test_a_change_is_seen_at_once_where_it_was_made() -> None:
    flag = Flag.objects.create(name="new-list", rollout="on")
    before = is_on("new-list")
    flag.rollout = "off"
    flag.save()
    changed = is_on("new-list")
    flag.rollout = "on"
    flag.save()
    flag.delete()

    assert (before, changed, is_on("new-list")) == (True, False, False)


def test_without_valkey_the_database_answers(settings: Settings) -> None:
    Flag.objects.create(name="new-list", rollout="on")
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    unreachable: BaseCache = caches["default"]
    unreachable.close()

    assert is_on("new-list")


def test_staff_and_percentages_look_at_the_user() -> None:
    Flag.objects.create(name="for-staff", rollout="staff")
    Flag.objects.create(name="for-all", rollout="percentage", percentage=100)
    staff, nobody = SimpleNamespace(pk=1, is_staff=True), SimpleNamespace(pk=None, is_staff=False)

    assert [is_on("for-staff", user=user) for user in (staff, nobody, None)] == [True, False, False]
    assert [is_on("for-all", user=user) for user in (staff, nobody, None)] == [True, False, False]


def test_a_sample_is_of_requests() -> None:
    Flag.objects.create(name="some", rollout="percentage", percentage=30)

    sampled = sum(is_sampled("some")[0] for _ in range(5000))

    assert 1300 < sampled < 1700
    assert is_sampled("nothing") == (False, False)


def test_an_operator_turns_it_over_the_api() -> None:
    Flag.objects.create(name="new-list")
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_flag", "performance.change_flag"]))

    answer = client.put("/api/v1/flags/new-list", {"rollout": "percentage", "percentage": 20})
    refused = client.put("/api/v1/flags/new-list", {"rollout": "percentage", "percentage": 101})
    missing = client.put("/api/v1/flags/nothing", {"rollout": "on"})

    assert (answer.status_code, answer.json()["percentage"]) == (200, 20)
    assert refused.status_code == 400
    assert missing.status_code == 404
    assert client.get("/api/v1/flags").json()["results"][0]["percentage"] == 20
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "subject", "outcome", "details__rollout")) == [
        ("flag.change", "new-list", "done", "percentage"),
        ("flag.change", "nothing", "refused", "on"),
    ]

"""A benchmark over the API: who may ask for it, that only one runs, and what becomes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.benchmark_runs import services
from performance.benchmark_runs.models import BenchmarkRun
from performance.benchmarks import areas
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/api/v1/performance/benchmark"


@pytest.fixture
def operator() -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket", "performance.run_benchmark"]))
    return client


def test_the_areas_are_those_that_there_are() -> None:
    assert sorted(areas.load()) == sorted(areas.NAMES)


def test_one_at_a_time_and_on_record(operator: APIClient) -> None:
    asked = operator.post(ADDRESS, {"area": "bulk"})
    again = operator.post(ADDRESS, {"area": "api"})
    unknown = operator.post(ADDRESS, {"area": "moon"})
    shown = operator.get(asked["Location"]).json()

    assert (asked.status_code, again.status_code, unknown.status_code) == (202, 409, 422)
    assert "there are api, bulk" in unknown.json()["detail"]
    assert (shown["state"], shown["area"], shown["figures"]) == ("queued", "bulk", [])
    assert list(AuditEntry.objects.order_by("pk").values_list("subject", "outcome")) == [
        ("bulk", "done"),
        ("api", "refused"),
        ("moon", "refused"),
    ]


def test_a_repetition_by_its_key_gets_the_run_that_it_began(operator: APIClient) -> None:
    first, again = (operator.post(ADDRESS, {"area": "bulk"}, headers={"Idempotency-Key": "k1"}) for _ in range(2))

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["id"] == first.json()["id"]
    assert again["Location"] == first["Location"]
    assert BenchmarkRun.objects.count() == 1


def test_looking_is_not_asking() -> None:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket"]))

    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS, {}).status_code == 403


def test_a_lost_run_makes_room(operator: APIClient) -> None:
    at = timezone.now()
    lost = BenchmarkRun.objects.create(state="running", started_at=at, seen_at=at - services.LOST_AFTER * 2)

    assert operator.post(ADDRESS, {}).status_code == 202
    lost.refresh_from_db()
    assert (lost.state, lost.says) == ("failed", "Its worker was lost.")


def test_one_that_no_worker_takes_up_is_given_up(operator: APIClient) -> None:
    operator.post(ADDRESS, {})

    services.tend(at=timezone.now() + services.UNCLAIMED_AFTER + timedelta(minutes=1))

    assert operator.get(ADDRESS).json()["says"].startswith("No worker took it up")


def test_what_fails_says_why_and_nobody_measures_twice(operator: APIClient) -> None:
    run = BenchmarkRun.objects.create(area="moon")
    services.carry_out(run.pk)
    run.refresh_from_db()
    services.carry_out(run.pk)

    assert run.state == "failed"
    assert "No area is called 'moon'" in run.says
    assert run.finished_at is not None

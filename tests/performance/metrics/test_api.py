"""Measurements over the API: for operators, with exact figures, and a 4xx for whatever makes no sense."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from config.roles import OPERATOR, SALES
from tests.factories import make_user
from tests.performance.metrics.measured import make_bucket

pytestmark = pytest.mark.django_db
BASE = "/api/v1/performance/metrics"


@pytest.fixture
def operator(client: Client) -> Client:
    return signed_in(client, OPERATOR)


def signed_in(client: Client, role: str) -> Client:
    user = make_user()
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def test_the_routes_and_their_percentiles(operator: Client) -> None:
    labels = {"route": "api/v1/prospects", "method": "GET"}
    make_bucket("http.request_ms", [10.0] * 98, at=datetime.now(UTC), labels=labels | {"status": "2xx"})
    make_bucket("http.request_ms", [400.0] * 2, at=datetime.now(UTC), labels=labels | {"status": "5xx"})

    answer = operator.get(f"{BASE}/routes?minutes=10")

    assert answer.status_code == 200
    [route] = answer.json()["results"]
    assert (answer.json()["minutes"], route["route"], route["method"], route["n"]) == (
        10,
        "api/v1/prospects",
        "GET",
        100,
    )
    assert (route["per_minute"], route["error_share"], route["mean"], route["max"]) == (10.0, 0.02, 17.8, 400.0)
    assert (route["p50"], route["p99"]) == (pytest.approx(10, rel=0.05), pytest.approx(400, rel=0.05))


def test_one_metric_with_its_steps_and_labels(operator: Client) -> None:
    make_bucket("test.ms", [2.0, 8.0], at=datetime.now(UTC), labels={"kind": "a"})

    answer = operator.get(f"{BASE}/test.ms").json()

    assert (answer["metric"], answer["minutes"], answer["step_s"], answer["n"]) == ("test.ms", 60, 60, 2)
    assert [point["n"] for point in answer["points"]] == [2]
    assert [(series["labels"], series["max"]) for series in answer["series"]] == [({"kind": "a"}, 8.0)]


def test_the_names_of_what_is_measured(operator: Client) -> None:
    make_bucket("test.b", [2.0], at=datetime.now(UTC))
    make_bucket("test.a", [2.0], at=datetime.now(UTC))

    assert operator.get(BASE).json()["results"] == ["test.a", "test.b"]


@pytest.mark.parametrize("minutes", ["0", "-1", "x", "1e3", "9" * 500, "5256001", "60.5"])
def test_a_time_that_makes_no_sense_is_refused_by_name(operator: Client, minutes: str) -> None:
    answer = operator.get(f"{BASE}/routes?minutes={minutes}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "minutes"


def test_a_parameter_that_is_unknown_is_refused_by_name(operator: Client) -> None:
    answer = operator.get(f"{BASE}/routes?hours=1")

    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "hours")


@pytest.mark.parametrize("name", ["nothing", "%00", "a'b", "%F0%9F%92%A9", "A", "x" * 200])
def test_a_metric_that_is_unknown_is_not_found(operator: Client, name: str) -> None:
    assert operator.get(f"{BASE}/{name}").status_code == 404


@pytest.mark.parametrize("path", [BASE, f"{BASE}/routes", f"{BASE}/test.ms"])
def test_who_sells_sees_none_of_it(client: Client, path: str) -> None:
    assert signed_in(client, SALES).get(path).status_code == 403

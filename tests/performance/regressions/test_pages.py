"""Regressions and deploys: the console's pages, the API, the tile and what to do."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from performance.console.shapes import Level, Severity
from performance.metrics.models import MetricBucket
from performance.regressions.findings import findings
from performance.regressions.models import Deploy, Regression
from performance.regressions.tile import tile
from tests.factories import make_user
from tests.performance.metrics.measured import make_bucket

pytestmark = pytest.mark.django_db
PAGE, API = "/admin/performance/regressions/", "/api/v1/performance/regressions"
READ, OPERATE = "performance.view_metricbucket", "performance.operate_alerts"
HOUR = timedelta(hours=1)


def staff(*permissions: str) -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, permissions=permissions))
    return client


def make_regression(**fields: Any) -> Regression:
    """An endpoint that took 40 ms takes 100 since three hours."""
    at = timezone.now()
    plain = {
        "kind": "endpoint",
        "subject": "GET api/<a>",
        "step_s": 600,
        "changed_at": at - 3 * HOUR,
        "before_ms": 40.0,
        "after_ms": 100.0,
        "change": 1.5,
        "p": 3.2e-9,
        "calls_per_hour": 60.0,
        "found_at": at - 2 * HOUR,
    }
    return Regression.objects.create(**plain | fields)


@pytest.fixture
def regression() -> Regression:
    deploy = Deploy.objects.create(version="1.4.0", at=timezone.now() - 3 * HOUR)
    return make_regression(deploy=deploy)


def test_what_is_open_stands_first_with_its_deploy(regression: Regression) -> None:
    make_regression(subject="GET api/fast", change=-0.5, after_ms=20.0)

    text = staff(READ).get(PAGE).content.decode()

    assert "1 became slower and stayed so." in text
    assert "GET api/&lt;a&gt;" in text
    assert "1.4.0" in text
    assert "150.0 %" in text
    assert "faster by" in text


@pytest.mark.parametrize(("step_s", "period_s"), [(600, 60), (3600, 3600)])
def test_one_is_drawn_with_its_changes_and_deploys(regression: Regression, step_s: int, period_s: int) -> None:
    labels = {"route": "api/<a>", "method": "GET", "status": "2xx"}
    for hour in range(1, 6):
        make_bucket("http.request_ms", [40.0] * 9, at=timezone.now() - hour * HOUR, labels=labels, period_s=period_s)
    Regression.objects.update(step_s=step_s)

    text = staff(READ).get(f"{PAGE}{regression.pk}/").content.decode()

    assert "data-chart" in text
    assert "&quot;1.4.0, +150%&quot;" in text
    assert "p = 3e-09" in text
    assert "It is as it should be" not in text
    assert staff(READ).get(f"{PAGE}{regression.pk + 1}/").status_code == 404


def test_who_may_operate_says_that_it_is_as_it_should_be(regression: Regression) -> None:
    assert staff(READ).post(f"{PAGE}{regression.pk}/acknowledge").status_code == 403
    client = staff(READ, OPERATE)
    assert "It is as it should be" in client.get(f"{PAGE}{regression.pk}/").content.decode()

    client.post(f"{PAGE}{regression.pk}/acknowledge")

    assert "Nothing is slower than it was." in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{regression.pk + 1}/acknowledge").status_code == 302


@pytest.mark.parametrize("address", ["", "1/"])
def test_pages_are_for_staff_who_may_read(address: str) -> None:
    assert staff().get(PAGE + address).status_code == 403
    assert Client().get(PAGE + address).status_code == 302


def test_the_api_lists_them_and_deploys(regression: Regression) -> None:
    make_regression(subject="SELECT", kind="query", change=-0.5, after_ms=20.0)
    client = staff(READ, OPERATE)

    [found] = client.get(API, {"is_open": "true"}).json()["results"]

    expected = {"subject": "GET api/<a>", "deploy": "1.4.0", "change": 1.5, "acknowledged_by": None}
    assert {name: found[name] for name in expected} == expected
    assert [each["kind"] for each in client.get(API, {"is_open": "false"}).json()["results"]] == ["query"]
    assert [each["kind"] for each in client.get(API, {"kind": "query"}).json()["results"]] == ["query"]
    assert [each["version"] for each in client.get("/api/v1/performance/deploys").json()["results"]] == ["1.4.0"]
    assert client.post(f"{API}/{regression.pk}/acknowledge").json()["acknowledged_by"].startswith("user-")
    assert client.post(f"{API}/{2**70}/acknowledge").status_code == 404
    assert client.get(API, {"is_open": "true"}).json()["results"] == []


def test_what_became_slower_is_found_with_what_it_costs(regression: Regression) -> None:
    make_regression(subject="b", kind="query", title="lists: SELECT", change=0.5, after_ms=60.0, deploy=None)
    at = timezone.now()

    first, second = findings(at=at)

    assert (first.area, first.severity, first.impact) == ("web", Severity.WARNING, 3600.0)
    assert first.says.endswith("UTC after the deploy of 1.4.0.")
    assert (second.area, second.severity, second.title) == (
        "database",
        Severity.INFO,
        "lists: SELECT is 50% slower",
    )
    assert findings(at=at - timedelta(days=1)) == []


def test_the_tile_says_how_many_and_the_worst(regression: Regression) -> None:
    at = timezone.now()

    assert (tile(at=at).level, tile(at=at).value, tile(at=at).says) == (Level.POOR, "1", "GET api/<a> by 150%")
    Regression.objects.all().delete()
    assert tile(at=at).level is Level.UNKNOWN
    make_bucket("http.request_ms", [1.0], at=at, period_s=3600)
    assert tile(at=at).level is Level.EXCELLENT
    assert MetricBucket.objects.count() == 1

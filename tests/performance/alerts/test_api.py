"""Alerts, rules and silences over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from performance.alerts.evaluating import evaluate
from performance.alerts.models import Alert, Silence
from performance.audit.models import AuditEntry
from tests.factories import make_user
from tests.performance.alerts.conftest import make_rule, took

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rules")]
ALERTS = "/api/v1/performance/alerts"
SILENCES = f"{ALERTS}/silences"


@pytest.fixture
def api() -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket", "performance.operate_alerts"]))
    return client


@pytest.fixture
def firing() -> Alert:
    """One that fires, and one that is over."""
    make_rule(split_by="route", window_s=60)
    at = timezone.now()
    took(300, at=at - timedelta(minutes=5), route="b")
    evaluate(at=at - timedelta(minutes=5))
    took(5, at=at, route="b")
    took(900, at=at, route="a")
    evaluate(at=at)
    return Alert.objects.get(state="firing")


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_alerts_are_listed_newest_first_and_by_state(api: APIClient, firing: Alert) -> None:
    assert [each["labels"] for each in rows(api.get(ALERTS))] == [{"route": "a"}, {"route": "b"}]

    [found] = rows(api.get(ALERTS, {"state": "firing", "area": "web", "severity": "critical", "rule": "slow"}))
    expected = {"id": firing.pk, "rule": "slow", "unit": "ms", "threshold": 500.0, "acknowledged_by": None}
    assert {name: found[name] for name in expected} == expected
    assert rows(api.get(ALERTS, {"area": "cache"})) == []
    assert api.get(ALERTS, {"state": "burning"}).status_code == 400


def test_one_alert_comes_with_what_became_of_it(api: APIClient, firing: Alert) -> None:
    over = Alert.objects.get(state="resolved")

    found = api.get(f"{ALERTS}/{over.pk}").json()

    assert [(each["kind"], each["mail"]) for each in found["transitions"]] == [("fired", None), ("resolved", None)]
    assert api.get(f"{ALERTS}/{2**70}").status_code == 404


def test_it_is_acknowledged_only_while_it_fires(api: APIClient, firing: Alert) -> None:
    over = Alert.objects.get(state="resolved")

    answer = api.post(f"{ALERTS}/{firing.pk}/acknowledge", {"note": "mine"})
    assert (answer.status_code, answer.json()["acknowledgement"]) == (200, "mine")
    assert rows(api.get(ALERTS, {"state": "firing"}))[0]["acknowledged_by"].startswith("user-")

    refused = api.post(f"{ALERTS}/{over.pk}/acknowledge", {})
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "The alert is resolved; only what fires can be acknowledged.",
    )
    assert api.post(f"{ALERTS}/{2**70}/acknowledge", {}).status_code == 404
    assert list(AuditEntry.objects.order_by("pk").values_list("outcome", flat=True)) == ["done", "refused", "refused"]


def test_rules_are_listed_with_what_they_see(api: APIClient, firing: Alert) -> None:
    make_rule(name="another", signal="cache.hit_rate")

    first, second = rows(api.get(f"{ALERTS}/rules"))

    assert (first["name"], first["value"], first["level"]) == ("another", None, None)
    assert (second["name"], second["level"], second["split_by"]) == ("slow", "critical", "route")
    assert second["value"] == pytest.approx(900, rel=0.05)


def test_a_silence_is_asked_for_seen_and_ended(api: APIClient) -> None:
    make_rule()

    made = api.post(SILENCES, {"rule": "slow", "reason": "we deploy", "minutes": 30})

    assert made.status_code == 201
    assert (made.json()["rule"], made.json()["area"], made.json()["by"][:5]) == ("slow", "", "user-")
    [found] = rows(api.get(SILENCES, {"is_active": "true"}))
    assert found == made.json()
    assert api.delete(f"{SILENCES}/{found['id']}").status_code == 204
    assert rows(api.get(SILENCES, {"is_active": "true"})) == []
    assert len(rows(api.get(SILENCES, {"is_active": "false"}))) == 1
    assert api.delete(f"{SILENCES}/{found['id']}").status_code == 409
    assert api.delete(f"{SILENCES}/{2**70}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"reason": "r"}, 422),
        ({"reason": "r", "rule": "slow", "area": "web"}, 422),
        ({"reason": "r", "area": "nothing"}, 422),
        ({"reason": "r", "rule": "nothing"}, 422),
        ({"area": "web"}, 400),
        ({"reason": "r", "area": "web", "minutes": 0}, 400),
        ({"reason": "r", "area": "web", "minutes": 10**9}, 400),
        ({"reason": "\x00", "area": "web"}, 400),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(api: APIClient, asked: dict[str, object], status: int) -> None:
    make_rule()

    assert api.post(SILENCES, asked).status_code == status
    assert Silence.objects.count() == 0

"""The console over the API."""

from datetime import timedelta
from types import SimpleNamespace

import psutil
import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from rest_framework.test import APIClient

from performance.audit.services import COMMAND
from performance.console.bottlenecks.aspects import Aspect
from performance.console.bottlenecks.services import bottlenecks
from performance.console.health import checks
from performance.console.shapes import Level
from performance.metrics.flushing import flush
from performance.metrics.sending import Outbox
from performance.metrics.tallies import count, observe, taken
from performance.queues.schedules import Wish, set_schedule
from tests.factories import make_user, make_worker

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/api/v1/performance/"
# A card of a gigabit a second.
NIC = SimpleNamespace(isup=True, speed=1000)


@pytest.fixture
def onlooker() -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket"]))
    return client


@pytest.fixture
def measured() -> None:
    """An hour in which connections ran out and half of the LLM's calls failed."""
    list(taken())
    for _ in range(20):
        observe("pool.utilisation", {}, 1.0)
        count("pool.exhausted", {})
    for outcome in ("succeeded", "failed"):
        count("llm.calls", {"outcome": outcome}, 10)
    observe("system.cpu_share", {"host": "a"}, 0.2)
    stored()


def stored() -> None:
    outbox = Outbox()
    outbox.collect(at=timezone.now().timestamp())
    outbox.send()
    flush(at=timezone.now())


@pytest.mark.parametrize("name", ["overview", "bottlenecks", "recommendations", "health", "export"])
def test_all_answer_where_nothing_was_measured(onlooker: APIClient, name: str) -> None:
    assert onlooker.get(BASE + name).status_code == 200
    assert APIClient().get(BASE + name).status_code == 401


def test_the_worst_resource_comes_first_with_what_it_costs(onlooker: APIClient, measured: None) -> None:
    found = onlooker.get(BASE + "bottlenecks").json()["results"]
    by_name = {each["resource"]: each for each in found}

    # Of the machine that this runs on Linux says how busy it is.
    ours = [each["resource"] for each in found if each["resource"] not in {"cpu", "memory", "disk"}]
    assert set(ours[:2]) == {"pool", "llm"}
    assert by_name["pool"]["level"] == "critical"
    assert by_name["pool"]["impact"] == pytest.approx(120)
    assert by_name["pool"]["impact_unit"] == "requests an hour"
    assert "DATABASE_POOL_SIZE" in by_name["pool"]["action"]
    assert by_name["llm"]["impact"] == 60
    assert {seen["kind"]: seen["level"] for seen in by_name["cpu"]["seen"]}["utilisation"] == "excellent"


def test_a_full_host_is_one_beside_an_idle_one_and_the_network_is_looked_at(
    onlooker: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {"eth0": NIC})
    list(taken())
    for host, busy in (("a", 0.1), ("b", 0.99)):
        observe("system.cpu_share", {"host": host}, busy)
        observe("system.network_mb_per_s", {"host": host}, 100 * busy)
        observe("system.network_lost_share", {"host": host}, busy / 100)
    stored()

    found = {each["resource"]: each for each in onlooker.get(BASE + "bottlenecks").json()["results"]}
    seen = {name: {each["kind"]: each["value"] for each in found[name]["seen"]} for name in ("cpu", "network")}

    assert seen["cpu"]["utilisation"] == pytest.approx(0.99)
    assert seen["network"] == pytest.approx({"utilisation": 99 * 2**20 * 8 / 1e9, "errors": 0.0099})
    assert {found[name]["level"] for name in ("cpu", "network")} <= {"critical", "poor"}


def test_what_is_not_measured_is_unknown_and_never_well(onlooker: APIClient) -> None:
    found = {each["resource"]: each for each in onlooker.get(BASE + "bottlenecks").json()["results"]}

    assert found["llm"]["level"] == "unknown"
    assert [seen["value"] for seen in found["llm"]["seen"]] == [None, None]
    assert found["llm"]["impact"] is None


@pytest.mark.parametrize(
    ("value", "level"),
    [
        (None, Level.UNKNOWN),
        (0.0, Level.EXCELLENT),
        (0.34, Level.EXCELLENT),
        (0.36, Level.GOOD),
        (0.6, Level.FAIR),
        (0.7, Level.POOR),
        (0.9, Level.CRITICAL),
    ],
)
def test_an_aspect_against_its_limits(value: float | None, level: Level) -> None:
    aspect = Aspect(title="", unit="share", read=lambda *_: [], poor=0.7, critical=0.9)

    assert aspect.level(value) is level


def test_none_at_all_of_what_should_never_be_is_excellent() -> None:
    aspect = Aspect(title="", unit="share", read=lambda *_: [], poor=0.0, critical=0.01)

    assert [aspect.level(each) for each in (0.0, 0.005, 0.02)] == [Level.EXCELLENT, Level.POOR, Level.CRITICAL]


def test_the_export_is_a_file_with_all_of_it(onlooker: APIClient, measured: None) -> None:
    response = onlooker.get(BASE + "export?minutes=5")
    found = response.json()
    metrics = {each["name"]: each for each in found["metrics"]}

    assert response["Content-Disposition"].startswith('attachment; filename="assay-performance-')
    assert (metrics["llm.calls"]["n"], metrics["llm.calls"]["p95"]) == (20, None)
    assert metrics["pool.utilisation"]["p95"] == pytest.approx(1.0)
    assert {each["resource"] for each in found["bottlenecks"]} >= {"cpu", "pool", "llm"}
    assert found["overview"]["areas"].keys() >= {"web", "database"}


def test_health_says_what_is_missing(measured: None) -> None:
    at = timezone.now()
    make_worker(role="pump", queues=[])
    make_worker(queues=["qualification"])

    found = {each.name: each for each in checks(at=at)}
    later = {each.name: each for each in checks(at=at + timedelta(minutes=10))}

    assert found["valkey"].is_ok
    assert found["pump"].is_ok
    assert "Nobody serves research" in found["workers"].says
    assert found["measurements"].is_ok
    assert not later["measurements"].is_ok


def test_who_makes_a_schedule_is_not_taken_for_beat() -> None:
    at = timezone.now()
    PeriodicTask.objects.all().delete()
    set_schedule(Wish(name="nightly", task="performance.tasks.expire_rows", every_s=60), by=COMMAND, at=at)

    made = {each.name: each.is_ok for each in checks(at=at)}
    PeriodicTask.objects.update(last_run_at=at - timedelta(seconds=1))
    ran = {each.name: each.is_ok for each in checks(at=at)}

    assert (made["beat"], ran["beat"]) == (False, True)


def test_the_last_minutes_are_looked_at(measured: None) -> None:
    later = {each.resource.name: each for each in bottlenecks(at=timezone.now() + timedelta(hours=2))}

    assert later["llm"].level is Level.UNKNOWN

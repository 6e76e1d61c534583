"""Operators look at the cache, warm it and drop what is in it: over the API and by command."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.cache import figures, tags, warming
from performance.cache.entries import Fresh, fetch
from performance.cache.local import local
from performance.cache.models import Warming
from performance.cache.warming import Warmer
from performance.metrics.flushing import flush
from performance.metrics.sending import Outbox
from performance.metrics.tallies import taken
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator() -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_cache", "performance.operate_cache"]))
    return client


@pytest.fixture
def onlooker() -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_cache"]))
    return client


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of warmers as they run: "second" fails."""
    names: list[str] = []

    def fail() -> int:
        names.append("second")
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr(warming, "_warmers", {})
    warming.register(Warmer("third", priority=5, every_s=60, warm=lambda: names.append("third") or 7))
    warming.register(Warmer("second", priority=1, every_s=60, warm=fail))
    warming.register(Warmer("first", priority=0, every_s=3600, warm=lambda: names.append("first") or 1))
    return names


def keep(key: str, value: bytes = b"v") -> str:
    return fetch(key, tags=["things"], ttl_s=60, compute=lambda: Fresh(value)).layer


def measure() -> None:
    outbox = Outbox()
    outbox.collect(at=timezone.now().timestamp())
    outbox.send()
    flush(at=timezone.now())


def test_the_report_counts_by_pattern(onlooker: APIClient) -> None:
    list(taken())
    layers = [keep("test.things:1"), keep("test.things:1"), keep("test.things:2"), keep("test.others:1")]
    local.clear()
    layers.append(keep("test.things:1"))
    measure()

    found = onlooker.get("/api/v1/performance/cache/metrics").json()

    assert layers == ["computed", "local", "computed", "computed", "shared"]
    things = next(each for each in found["patterns"] if each["name"] == "test.things")
    assert {name: things[name] for name in ("reads", "hits", "misses", "local", "shared", "hit_rate", "keys")} == {
        "reads": 4,
        "hits": 2,
        "misses": 2,
        "local": 1,
        "shared": 1,
        "hit_rate": 0.5,
        "keys": 2,
    }
    assert things["bytes"] > 100
    assert things["stored_bytes"] > 0
    assert found["hit_rate"] == pytest.approx(2 / 5)
    assert next(each for each in found["latency"] if each["layer"] == "shared")["n"] >= 4
    levels = {each["name"]: each["level"] for each in found["thresholds"]}
    assert levels["cache.hit_rate"] == "critical"
    assert levels["cache.unreadable_share"] == "good"
    assert (found["is_enabled"], found["is_reachable"]) == (True, True)


def audited() -> list[tuple[Any, ...]]:
    return list(AuditEntry.objects.order_by("pk").values_list("via", "action", "subject", "outcome", "details"))


def test_by_tag_and_by_pattern(operator: APIClient) -> None:
    keep("test.things:1"), keep("test.things:2"), keep("test.others:1")

    preview = operator.post(
        "/api/v1/performance/cache/invalidate", {"pattern": "test.things:*", "is_preview": True}
    ).json()
    untouched = keep("test.things:1")
    gone = operator.post("/api/v1/performance/cache/invalidate", {"pattern": "test.things:*"}).json()
    layers = [keep("test.things:1"), keep("test.others:1")]
    by_tag = operator.post("/api/v1/performance/cache/invalidate", {"tags": ["things"]}).json()

    assert (preview["is_preview"], preview["count"], sorted(preview["sample"])) == (
        True,
        2,
        ["test.things:1", "test.things:2"],
    )
    assert preview["bytes"] > 100
    assert untouched == "local"
    assert gone == {"is_preview": False, "count": 2, "bytes": None, "sample": []}
    assert layers == ["computed", "local"]
    assert by_tag["count"] == 1
    assert [keep("test.things:1"), keep("test.others:1")] == ["computed", "computed"]
    assert audited() == [
        ("api", "cache.invalidate", "test.things:*", "done", {"count": 2}),
        ("api", "cache.invalidate", "things", "done", {"count": 1}),
    ]


@pytest.mark.parametrize("pattern", ["*", "**", "?*", "[a-z]*", " * "])
def test_what_spares_nothing_asks_again(operator: APIClient, pattern: str) -> None:
    keep("test.things:1")

    refused = operator.post("/api/v1/performance/cache/invalidate", {"pattern": pattern})
    still = keep("test.things:1")
    meant = operator.post("/api/v1/performance/cache/invalidate", {"pattern": pattern, "is_confirmed": True})

    assert (refused.status_code, still, meant.status_code) == (409, "local", 200)
    assert "is_confirmed" in refused.json()["detail"]
    assert [each[3] for each in audited()] == ["refused", "done"]


def test_hit_rates_by_pattern_and_time(onlooker: APIClient) -> None:
    list(taken())
    for key in ("test.things:1", "test.things:1", "test.things:1", "test.others:1"):
        keep(key)
    measure()

    found = onlooker.get("/api/v1/performance/cache/hit-rate?minutes=5").json()
    one = onlooker.get("/api/v1/performance/cache/hit-rate?minutes=5&pattern=test.things").json()

    assert found["hit_rate"] == 0.5
    assert found["patterns"][0] == {"name": "test.things", "reads": 3, "hit_rate": pytest.approx(2 / 3)}
    assert sum(each["local"] for each in found["points"]) == 2
    assert [each["at"] for each in found["points"]] == sorted(each["at"] for each in found["points"])
    assert [each["name"] for each in one["patterns"]] == ["test.things"]


def test_valkey_itself_is_told_of(onlooker: APIClient) -> None:
    server = onlooker.get("/api/v1/performance/cache/metrics").json()["server"]

    assert server["used_bytes"] > 100_000
    assert 0 < server["clients"] <= server["most_clients"]


@pytest.mark.parametrize(
    "body",
    [{}, {"tags": []}, {"tags": ["a"], "pattern": "b"}, {"pattern": "x" * 201}, {"tags": ["a" * 201]}, {"tags": "a"}],
)
def test_what_is_asked_must_make_sense(operator: APIClient, body: dict[str, Any]) -> None:
    assert operator.post("/api/v1/performance/cache/invalidate", body).status_code == 400


def test_looking_and_operating_are_apart(onlooker: APIClient, ran: list[str]) -> None:
    keep("test.things:1")

    statuses = [
        onlooker.get("/api/v1/performance/cache/metrics").status_code,
        onlooker.post("/api/v1/performance/cache/warm", {}).status_code,
        onlooker.post("/api/v1/performance/cache/invalidate", {"tags": ["things"]}).status_code,
        APIClient().get("/api/v1/performance/cache/metrics").status_code,
    ]

    assert statuses == [200, 403, 403, 401]
    assert (ran, keep("test.things:1")) == ([], "local")


def test_warmers_run_by_priority_and_one_that_fails_stops_no_other(operator: APIClient, ran: list[str]) -> None:
    warmed = operator.post("/api/v1/performance/cache/warm", {}).json()["results"]
    report = operator.get("/api/v1/performance/cache/metrics").json()["warmers"]

    assert ran == ["first", "second", "third"]
    assert [(each["name"], each["values"], each["error"]) for each in warmed] == [
        ("first", 1, ""),
        ("second", 0, "ZeroDivisionError: no such luck"),
        ("third", 7, ""),
    ]
    assert [(each["name"], each["values"], each["error"]) for each in report] == [
        (each["name"], each["values"], each["error"]) for each in warmed
    ]
    unknown = operator.post("/api/v1/performance/cache/warm", {"names": ["fourth"]})
    assert unknown.status_code == 422
    assert "there are first, second, third" in unknown.json()["detail"]


def test_what_is_due_runs_once(ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    at = timezone.now()

    for seconds in (0, 30, 61, 62):
        warming.warm_due(at=at + timedelta(seconds=seconds))
    after_a_minute = list(ran)
    monkeypatch.setattr(warming, "release", lambda: "another one")
    warming.warm_due(at=at + timedelta(seconds=63))

    assert after_a_minute == ["first", "second", "third", "second", "third"]
    assert ran == [*after_a_minute, "first", "second", "third"]
    assert set(Warming.objects.values_list("release", flat=True)) == {"another one"}


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("cache", *arguments, stdout=out)
    return out.getvalue()


def test_the_command(ran: list[str]) -> None:
    keep("test.things:1")

    assert "first: 1 values" in told("warm", "first")
    assert told("warm", "--due").startswith("second: 0 values")
    assert "1 keys, about" in told("drop", "--pattern", "test.*", "--dry-run")
    assert keep("test.things:1") == "local"
    assert told("drop", "--pattern", "test.*") == "1 keys removed\n"
    assert keep("test.things:1") == "computed"
    assert told("drop", "--tag", "things", "--tag", "others") == "Stale: things, others\n"
    assert keep("test.things:1") == "computed"
    assert told("drop", "--all") == "All that was cached is stale.\n"
    assert keep("test.things:1") == "computed"
    assert "cache.hit_rate" in told("report")
    with pytest.raises(CommandError, match="There is no warmer 'fourth'"):
        told("warm", "fourth")
    with pytest.raises(CommandError, match="Give a pattern of keys"):
        told("drop", "--pattern", " ")
    assert [row[1:4] for row in audited()] == [
        ("cache.warm", "first", "done"),
        ("cache.invalidate", "test.*", "done"),
        ("cache.invalidate", "things, others", "done"),
        ("cache.invalidate", "everything", "done"),
        ("cache.warm", "fourth", "refused"),
        ("cache.invalidate", " ", "refused"),
    ]


def test_patterns_of_keys() -> None:
    assert figures.pattern_of("page.api-prospects:abc") == "page.api-prospects"
    assert figures.pattern_of("alone") == "alone"
    assert figures.pattern_of("django assay:1:import-progress:12") == "django.import-progress"
    assert tags.expanded(("prospect:1", "runs")) == ("", "prospect:1", "runs", "prospect:*")

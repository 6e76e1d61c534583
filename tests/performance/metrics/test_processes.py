"""Real processes: the web tells what it measured, the pump stores it, a child of a worker tells for itself."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import psycopg
import pytest
import redis
from pytest_django import Settings

from performance import metrics
from performance.jobs.pump import Pump
from performance.metrics import handover, sending
from performance.metrics.models import MetricBucket
from performance.metrics.sending import Outbox
from performance.metrics.tallies import taken
from tests.performance.database.web.server import Web, running
from tests.stack import throwaway_cluster


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    log = tmp_path_factory.mktemp("web") / "web.log"
    with throwaway_cluster() as cluster, running(cluster, log=log, DATABASE_POOL_SIZE="2") as web:
        yield web


def counted(client: redis.Redis) -> Counter[tuple[str, str]]:
    """How many values wait in Valkey, by metric and route or statement."""
    found: Counter[tuple[str, str]] = Counter()
    for field, row in client.hgetall(handover.PENDING).items():
        if not field.startswith(b"#"):
            _, metric, labels = orjson.loads(field)
            found[metric, labels.get("route", labels.get("sql", ""))] += orjson.loads(row)[0]
    return found


def until(client: redis.Redis, key: tuple[str, str], n: int) -> Counter[tuple[str, str]]:
    deadline = time.monotonic() + 20
    while (found := counted(client))[key] < n and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def test_a_web_process_tells_valkey_every_few_seconds(web: Web) -> None:
    with redis.Redis.from_url(web.cluster.valkey.url) as client:
        for _ in range(20):
            assert web.get("/cached").status == 200
        assert web.get("/sleep?s=0").status == 200

        found = until(client, ("http.request_ms", "sleep"), 1)

    assert (found["http.request_ms", "cached"], found["http.request_ms", "sleep"]) == (20, 1)
    assert found["sql.statement_ms", "SELECT pg_sleep(%s)"] == 1
    assert found["pool.utilisation", ""] >= 1


def test_it_goes_on_while_valkey_is_away_and_tells_all_of_it_afterwards(web: Web) -> None:
    with redis.Redis.from_url(web.cluster.valkey.url) as client:
        before = until(client, ("http.request_ms", "cached"), 0)["http.request_ms", "cached"]
        web.cluster.valkey.kill_immediate()
        answers = [web.get("/cached") for _ in range(30)]
        time.sleep(2 * sending.EVERY_S)
        web.cluster.valkey.start()

        found = until(client, ("http.request_ms", "cached"), 30)["http.request_ms", "cached"]

    assert {each.status for each in answers} == {200}
    assert sorted(each.took_s for each in answers)[15] < 0.5
    # A Valkey that was killed may have forgotten what waited in it, and nothing of what came since.
    assert found in {30, before + 30}


def test_a_web_process_that_ends_in_order_tells_the_rest(web: Web, tmp_path: Path) -> None:
    with redis.Redis.from_url(web.cluster.valkey.url) as client:
        with running(web.cluster, log=tmp_path / "web.log") as short:
            for _ in range(7):
                short.get("/wrong-address")
            before = counted(client)["http.request_ms", "-"]
        after = counted(client)["http.request_ms", "-"]

    assert (before, after) in {(0, 7), (7, 7)}


@pytest.mark.django_db(transaction=True)
def test_the_pump_that_leads_stores_what_waits() -> None:
    metrics.count("test.count", {}, 3)
    outbox = Outbox()
    outbox.collect(at=datetime.now(UTC).timestamp())
    outbox.send()
    pump = Pump()

    pump.tick()

    assert pump.is_leader
    assert MetricBucket.objects.get(metric="test.count").n == 3
    pump._end()


def test_a_sender_runs_in_each_process_that_serves_or_works(settings: Settings, valkey: redis.Redis) -> None:
    settings.PROCESS_ROLE = "worker"
    child = os.fork()
    if child == 0:
        metrics.count("test.child", {}, 5)
        sending.ensure()
        sending.ensure()
        assert sending._sender is not None
        sending._sender.end()
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert counted(valkey)["test.child", ""] == 5
    assert sending._sender is None


def test_a_command_sends_nothing(settings: Settings) -> None:
    settings.PROCESS_ROLE = "command"

    sending.ensure()

    assert sending._sender is None


def test_a_sampler_that_fails_ends_nothing(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise psycopg.OperationalError("away")

    monkeypatch.setattr(sending, "_samplers", [fail, lambda: metrics.count("test.sampled", {})])

    sending._sample()

    assert "the sampler" in caplog.text
    assert [each.name for each, _ in taken()] == ["test.sampled"]

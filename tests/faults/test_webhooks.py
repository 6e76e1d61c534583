"""Workers are killed while batches end and events are delivered: one delivery an event and endpoint, none lost."""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiohttp import web

from tests.faults.processes import Installation
from tests.faults.webhooks import ENDED, SWITCH
from tests.servers.charging_server import charging_server
from tests.servers.webhook_receiver import Message, Receiver, webhook_receiver
from tests.stack import throwaway_cluster

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]
BATCHES, ITEMS, RECEIVERS, KILLS = 12, 10, 3, 10
PATIENCE_S = 180.0
HELD = "SELECT DISTINCT worker FROM performance_job WHERE state = 'leased'"
UNFINISHED = "SELECT count(*) FROM performance_batch WHERE state <> 'finished'"
DELIVERIES = """
SELECT v.body::jsonb -> 'data' ->> 'batch', d.endpoint_id, d.state, d.attempts
FROM performance_webhookdelivery d JOIN performance_webhookevent v ON v.id = d.event_id
"""


def unwell(draw: random.Random) -> Any:
    """Takes its time, and refuses a third of the messages when they come for the first time."""
    seen: set[str] = set()

    def answer(message: Message) -> web.Response:
        time.sleep(draw.uniform(0.05, 0.4))
        is_first = message.id not in seen
        seen.add(message.id)
        return web.Response(status=503 if is_first and draw.random() < 1 / 3 else 204)

    return answer


@pytest.mark.skipif(os.environ.get("ASSAY_FAULTS") != "long", reason="takes a minute: `make faults`")
def test_an_end_is_told_to_each_endpoint_whatever_is_killed(tmp_path: Path) -> None:
    draw = random.Random(7)
    with (
        contextlib.ExitStack() as stack,
        throwaway_cluster() as cluster,
        charging_server(latency_s=0.1) as url,
    ):
        receivers = [stack.enter_context(webhook_receiver()) for _ in range(RECEIVERS)]
        environ = cluster.environ() | {
            SWITCH: "1",
            "FAULTS_URL": url,
            "JOB_LEASE_S": "4",
            "LOG_LEVEL": "WARNING",
            "ALLOWED_PRIVATE_NETWORKS": "127.0.0.1/32",
            "OUTBOUND_PORTS": ",".join(str(receiver.site.port) for receiver in receivers),
        }
        installation = Installation(environ, directory=tmp_path, workers=1)
        installation.queues, installation.children = ("qualification", "webhooks"), 3
        with psycopg.connect(cluster.postgres.url, autocommit=True) as database:
            try:
                killed = _campaign(installation, database, receivers, draw=draw)
            finally:
                installation.stop()
            _reckon(database, receivers, killed=killed)


def _campaign(
    installation: Installation, database: psycopg.Connection[Any], receivers: list[Receiver], *, draw: random.Random
) -> int:
    installation.run("django", "migrate", "-v0", "--skip-checks")
    database.execute("CREATE TABLE faults_completion (job_id bigint, fence int)")
    secrets = installation.run("tests.faults.webhooks", *(receiver.url for receiver in receivers)).split()
    for receiver, secret in zip(receivers, secrets, strict=True):
        receiver.secrets.append(secret)
        receiver.answer = unwell(draw)
    wish = {"items": ITEMS, "concurrency": 5, "on_unknown": "park", "timeout_s": 3.0}
    installation.submit([wish | {"salt": str(number)} for number in range(BATCHES)])
    killed, until, next_kill = 0, time.monotonic() + PATIENCE_S, time.monotonic() + 2.0
    while _unfinished(database) and time.monotonic() < until:
        installation.ensure()
        if killed < KILLS and time.monotonic() > next_kill and (pid := _holder(database, draw)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
            next_kill = time.monotonic() + draw.uniform(0.3, 1.5)
        time.sleep(0.05)
    return killed


def _reckon(database: psycopg.Connection[Any], receivers: list[Receiver], *, killed: int) -> None:
    rows = database.execute(DELIVERIES).fetchall()
    told = Counter((batch, endpoint) for batch, endpoint, _, _ in rows)
    arrived = sum(sum(receiver.taken.values()) for receiver in receivers)
    print(f"{killed} kills, {len(rows)} deliveries, {arrived} requests arrived, attempts {Counter(r[3] for r in rows)}")

    assert killed >= KILLS // 2
    assert len(told) == BATCHES * RECEIVERS
    assert set(told.values()) == {1}
    assert {state for _, _, state, _ in rows} == {"delivered"}
    for receiver in receivers:
        assert len(receiver.taken) == BATCHES
        assert receiver.refused == []
        assert {message.type for message in receiver.messages} == {ENDED.name}
        assert all(len({each.body for each in receiver.messages if each.id == id_}) == 1 for id_ in receiver.taken)


def _holder(database: psycopg.Connection[Any], draw: random.Random) -> int | None:
    pids = sorted(int(worker.split(":")[2]) for (worker,) in database.execute(HELD).fetchall())
    return draw.choice(pids) if pids else None


def _unfinished(database: psycopg.Connection[Any]) -> bool:
    row = database.execute(UNFINISHED).fetchone()
    return bool(row and row[0])

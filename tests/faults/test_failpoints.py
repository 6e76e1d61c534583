"""A real worker dies at each edge of each transaction: nothing is lost, and nothing done or paid for twice."""

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.faults.failpoints import DIRECTORY, EDGES
from tests.faults.kinds import COST_MICROS, ESTIMATE_MICROS
from tests.faults.processes import Installation
from tests.servers.charging_server import charging_server
from tests.stack import throwaway_cluster

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]
ITEMS = 40
CONCURRENCY = 10
# Above what a busy machine keeps a process waiting: a lease or a call that ends for want of CPU is no death at an edge.
LEASE_S = 4
TIMEOUT_S = 3.0
PATIENCE_S = 180.0
# What dies between T3 (alone, or with T2) and T4 leaves calls of unknown outcome: they are parked, not paid for again.
IN_DOUBT = ("t3.after_commit", "t2t3.after_commit", "t4.not_begun", "t4.before_t5", "t5.before_commit")
WITHOUT_DOUBT = (
    *("t1.before_commit", "t1.after_commit", "t2.before_commit", "t2.after_commit"),
    *("t3.before_commit", "t2t3.before_commit"),
)
BATCHES = "SELECT kind, id, spent_micros, reserved_micros, state FROM performance_batch"
JOBS = "SELECT state, count(*) FROM performance_job WHERE batch_id = %s GROUP BY state"
CALLS = "SELECT key, state FROM performance_paidcall WHERE batch_id = %s"
TWICE = """
SELECT count(*) - count(DISTINCT c.job_id) FROM faults_completion c JOIN performance_job j ON j.id = c.job_id
WHERE j.batch_id = %s
"""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What one edge's batch came to; `charges` by key as the server counted them, `calls` the ledger's states."""

    jobs: Mapping[str, int]
    calls: Mapping[str, int]
    charges: Mapping[str, int]
    completed_twice: int
    spent_micros: int
    reserved_micros: int
    batch_state: str


@pytest.fixture(scope="module")
def aftermaths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Aftermath]]:
    """All edges side by side: each has a queue of its own, and so a child of its own to kill."""
    directory = tmp_path_factory.mktemp("failpoints")
    with throwaway_cluster() as cluster, charging_server(latency_s=0.2) as url:
        environ = {"FAULTS_URL": url, "JOB_LEASE_S": str(LEASE_S), "LOG_LEVEL": "WARNING", DIRECTORY: str(directory)}
        installation = Installation(cluster.environ() | environ, directory=directory, workers=1)
        installation.queues, installation.children = EDGES, len(EDGES)
        with psycopg.connect(cluster.postgres.url, autocommit=True) as database:
            try:
                _work(installation, database)
            finally:
                codes = installation.stop()
            assert None not in codes.values()
            with urllib.request.urlopen(f"{url}/ledger") as response:
                charges = json.load(response)["charges"]
            fired = {each.name for each in directory.iterdir()} & set(EDGES)
            yield {edge: _aftermath(database, edge, charges) for edge in fired}


@pytest.mark.parametrize("edge", EDGES)
def test_a_death_at_this_edge_loses_nothing_and_repeats_nothing(aftermaths: Mapping[str, Aftermath], edge: str) -> None:
    found = aftermaths[edge]
    parked = found.jobs.get("parked", 0)
    print(f"{edge}: {parked} of {ITEMS} parked")

    assert found.jobs.get("succeeded", 0) + parked == ITEMS
    assert found.completed_twice == 0
    assert max(found.charges.values()) == 1
    assert (found.reserved_micros, found.batch_state) == (0, "finished")
    unknown = found.calls.get("unknown", 0)
    assert unknown == parked
    assert found.spent_micros == found.calls["succeeded"] * COST_MICROS + unknown * ESTIMATE_MICROS
    # As many replies that were in hand as calls that took their places.
    assert parked <= 2 * CONCURRENCY
    if edge in WITHOUT_DOUBT:
        assert parked == 0
    if edge in IN_DOUBT:
        assert parked > 0


def _work(installation: Installation, database: psycopg.Connection[Any]) -> None:
    installation.run("django", "migrate", "-v0", "--skip-checks")
    database.execute("CREATE TABLE faults_completion (job_id bigint, fence int)")
    installation.ensure()
    wish = {"items": ITEMS, "concurrency": CONCURRENCY, "on_unknown": "park", "timeout_s": TIMEOUT_S}
    installation.submit([wish | {"salt": edge, "kind": f"faults.{edge}"} for edge in EDGES])
    until = time.monotonic() + PATIENCE_S
    unfinished = "SELECT count(*) FROM performance_batch WHERE state <> 'finished'"
    while _one(database, unfinished) and time.monotonic() < until:
        time.sleep(0.1)


def _aftermath(database: psycopg.Connection[Any], edge: str, charges: Mapping[str, int]) -> Aftermath:
    rows = {kind: rest for kind, *rest in database.execute(BATCHES).fetchall()}
    batch_id, spent, reserved, state = rows[f"faults.{edge}"]
    calls = database.execute(CALLS, [batch_id]).fetchall()
    return Aftermath(
        jobs=dict(database.execute(JOBS, [batch_id]).fetchall()),
        calls=Counter(state for _, state in calls),
        charges={key: charges[key] for key, _ in calls if key in charges},
        completed_twice=_one(database, TWICE, batch_id),
        spent_micros=spent,
        reserved_micros=reserved,
        batch_state=state,
    )


def _one(database: psycopg.Connection[Any], query: str, *parameters: int) -> int:
    row = database.execute(query, parameters or None).fetchone()
    assert row is not None
    return int(row[0])

"""A real worker dies at each edge of each transaction: nothing is lost, and nothing done or paid for twice."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg
import pytest

from tests.faults.failpoints import DIRECTORY, EDGES
from tests.faults.processes import Installation
from tests.servers.charging_server import charging_server
from tests.stack import throwaway_cluster

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180), pytest.mark.xdist_group("failpoints")]
ITEMS = 40
CONCURRENCY = 10
LEASE_S = 2
PATIENCE_S = 90.0
# What dies between T3's commit and T4's leaves calls of unknown outcome: they are parked, not paid for again.
IN_DOUBT = ("t3.after_commit", "t4.not_begun", "t4.before_t5", "t5.before_commit")
WITHOUT_DOUBT = ("t1.before_commit", "t1.after_commit", "t2.before_commit", "t2.after_commit", "t3.before_commit")
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

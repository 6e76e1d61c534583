"""A campaign: batches under way while processes are killed and servers restarted, then the reckoning."""

import json
import os
import random
import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis

from tests.faults.kinds import COST_MICROS, ESTIMATE_MICROS
from tests.faults.processes import Installation
from tests.faults.report import Report
from tests.servers.charging_server import charging_server
from tests.stack import Throwaway, throwaway_cluster

HOLDER_PATIENCE_S = 30.0
TERMINAL = "('succeeded', 'dead', 'parked', 'cancelled')"


@dataclass(frozen=True, slots=True)
class Plan:
    """`items` over `batches` at once; `kills` SIGKILLs, one every `gap_s`, with the other faults between them."""

    seed: int
    items: int
    batches: int
    kills: int
    gap_s: float
    on_unknown: str = "park"
    concurrency: int = 10
    workers: int = 3
    lease_s: int = 10
    latency_s: float = 0.3
    timeout_s: float = 3.0
    patience_s: float = 300.0
    server_faults: str = "429=0.04,500=0.03,reset_before=0.005,reset_after=0.01,truncated=0.005,garbage=0.005,hang=0.01"


class Campaign:
    """`run` once. Every fault is drawn from the plan's seed."""

    def __init__(self, plan: Plan, *, cluster: Throwaway, directory: Path, url: str) -> None:
        self.plan = plan
        self._cluster = cluster
        self._url = url
        self._random = random.Random(plan.seed)
        self._faults: Counter[str] = Counter()
        self._orphans: dict[tuple[int, int], float] = {}
        self._recoveries: list[float] = []
        self._over_budget = 0
        self._stopped: list[tuple[float, int]] = []
        environ = cluster.environ() | {"FAULTS_URL": url, "JOB_LEASE_S": str(plan.lease_s), "LOG_LEVEL": "WARNING"}
        self._installation = Installation(environ, directory=directory, workers=plan.workers)

    def run(self) -> Report:
        began = time.monotonic()
        self._installation.run("django", "migrate", "-v0", "--skip-checks")
        self._sql("CREATE TABLE faults_completion (job_id bigint, fence int)")
        try:
            self._submit()
            self._installation.ensure()
            self._trouble()
            self._await_end()
            codes = self._installation.stop()
        finally:
            self._installation.stop()
        assert None not in codes.values(), f"a process didn't end when told to: {codes}"
        return self._reckon(time.monotonic() - began)

    # What happens to it

    def _submit(self) -> None:
        plan = self.plan
        wish = {
            "items": plan.items // plan.batches,
            "concurrency": plan.concurrency,
            "on_unknown": plan.on_unknown,
            "timeout_s": plan.timeout_s,
        }
        self._installation.submit([wish | {"salt": f"{plan.seed}-{number}"} for number in range(plan.batches)])

    def _trouble(self) -> None:
        """The kills, and at fixed shares of the way the faults of the servers."""
        others = self._others()
        for number in range(self.plan.kills):
            self._watch(self.plan.gap_s * self._random.uniform(0.5, 1.5))
            for before, fault in others:
                if before == number:
                    fault()
            self._kill_one()

    def _others(self) -> Sequence[tuple[int, Callable[[], None]]]:
        """What happens besides, and before which kill; in a short campaign several before the same."""
        shares = {
            0.15: self._flush_broker,
            0.3: self._restart_database,
            0.5: self._kill_broker,
            0.6: self._kill_pump,
            0.75: self._stop_past_lease,
            0.85: self._restart_database,
        }
        return [(int(self.plan.kills * share), fault) for share, fault in shares.items()]

    def _holders(self) -> list[int]:
        """The children that hold jobs; waits a while for one to do so."""
        until = time.monotonic() + HOLDER_PATIENCE_S
        while time.monotonic() < until:
            rows = self._sql("SELECT DISTINCT worker FROM performance_job WHERE state = 'leased' ORDER BY worker")
            pids = [pid for (worker,) in rows if (pid := int(worker.split(":")[2])) and _lives(pid)]
            if pids:
                return pids
            self._watch(0.2)
        return []

    def _kill_one(self) -> None:
        """A child that holds jobs; every eighth time its parent with it."""
        pids = self._holders()
        if not pids:
            return
        pid = self._random.choice(pids)
        owner = self._installation.owner_of(pid)
        if owner is not None and self._random.random() < 1 / 8:
            self._installation.kill_worker(owner)
            self._faults["SIGKILL worker"] += 1
        else:
            os.kill(pid, signal.SIGKILL)
            self._faults["SIGKILL child"] += 1
        self._orphaned(pid)

    def _orphaned(self, pid: int) -> None:
        now = time.monotonic()
        query = "SELECT id, fence FROM performance_job WHERE state = 'leased' AND worker LIKE %s"
        for job_id, fence in self._sql(query, [f"%:{pid}:%"]):
            self._orphans.setdefault((job_id, fence), now)

    def _flush_broker(self) -> None:
        with redis.Redis.from_url(self._cluster.valkey.url) as client:
            client.flushall()
        self._faults["FLUSHALL"] += 1

    def _kill_broker(self) -> None:
        self._cluster.valkey.kill_immediate()
        self._watch(1.0)
        self._cluster.valkey.start()
        self._faults["Valkey kill"] += 1

    def _restart_database(self) -> None:
        self._cluster.postgres.restart()
        self._faults["immediate PostgreSQL restart"] += 1

    def _kill_pump(self) -> None:
        self._installation.kill_pump()
        self._faults["SIGKILL pump"] += 1

    def _stop_past_lease(self) -> None:
        """A child sleeps through its lease and wakes as a stale holder."""
        if pids := self._holders():
            os.kill(pids[0], signal.SIGSTOP)
            self._stopped.append((time.monotonic() + self.plan.lease_s + 3, pids[0]))
            self._faults["SIGSTOP past the lease"] += 1
            self._orphaned(pids[0])

    # What is seen meanwhile

    def _await_end(self) -> None:
        until = time.monotonic() + self.plan.patience_s
        while time.monotonic() < until:
            self._watch(0.2)
            rest = f"SELECT count(*) FROM performance_job WHERE state NOT IN {TERMINAL}"
            if not self._sql(rest)[0][0] and not self._stopped:
                return

    def _watch(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._installation.ensure()
            self._wake_stopped()
            self._note_recoveries()
            over = "SELECT count(*) FROM performance_batch WHERE spent_micros + reserved_micros > budget_micros"
            self._over_budget = max(self._over_budget, self._sql(over)[0][0])
            time.sleep(0.1)

    def _wake_stopped(self) -> None:
        for due, pid in list(self._stopped):
            if time.monotonic() >= due:
                self._stopped.remove((due, pid))
                if _lives(pid):
                    os.kill(pid, signal.SIGCONT)

    def _note_recoveries(self) -> None:
        """An orphan has recovered when the dead hold it no longer: it is ready, somebody else's, or its fate is known.

        How soon it is worked on again is then a matter of what else is waiting.
        """
        if not self._orphans:
            return
        ids = [job_id for job_id, _ in self._orphans]
        now = time.monotonic()
        for job_id, fence, state in self._sql("SELECT id, fence, state FROM performance_job WHERE id = ANY(%s)", [ids]):
            for orphan in [each for each in self._orphans if each[0] == job_id]:
                if fence > orphan[1] or state != "leased":
                    self._recoveries.append(now - self._orphans.pop(orphan))

    # The reckoning

    def _reckon(self, wall_s: float) -> Report:
        plan = self.plan
        with urllib.request.urlopen(f"{self._url}/ledger") as response:
            ledger = json.load(response)
        states = Counter(dict(self._sql("SELECT state, count(*) FROM performance_job GROUP BY state")))
        spent = self._sql("SELECT coalesce(sum(spent_micros), 0)::bigint FROM performance_batch")[0][0]
        unknown = self._sql("SELECT count(*) FROM performance_paidcall WHERE state = 'unknown'")[0][0]
        charged = sum(ledger["charges"].values()) * COST_MICROS
        served = {f"server: {name}": count for name, count in ledger["served"].items() if name != "ok"}
        return Report(
            seed=plan.seed,
            on_unknown=plan.on_unknown,
            items=sum(states.values()),
            lease_s=plan.lease_s,
            faults={**self._faults, **served},
            lost=sum(states.values()) - sum(states[each] for each in ("succeeded", "dead", "parked", "cancelled")),
            completed_twice=self._completed_twice(),
            charged_twice=sum(count - 1 for count in ledger["charges"].values()),
            succeeded=states["succeeded"],
            parked=states["parked"],
            dead=states["dead"],
            refused=len(self._installation.logged("stale completions")),
            over_budget=self._over_budget + max(0, charged - self._budgets()),
            # Every unknown call is booked at its estimate: between nothing and everything of it was charged.
            ledger_differs=max(0, charged - spent) + max(0, spent - unknown * ESTIMATE_MICROS - charged),
            wall_s=wall_s,
            recoveries=self._recoveries,
        )

    def _completed_twice(self) -> int:
        query = "SELECT count(*) - count(DISTINCT job_id) FROM faults_completion"
        return int(self._sql(query)[0][0])

    def _budgets(self) -> int:
        return int(self._sql("SELECT sum(budget_micros)::bigint FROM performance_batch")[0][0])

    def _sql(self, query: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Through restarts of the database."""
        until = time.monotonic() + 30
        while True:
            try:
                with psycopg.connect(self._cluster.postgres.url, autocommit=True, connect_timeout=5) as connection:
                    cursor = connection.execute(query, parameters)
                    return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)


def run(plan: Plan, *, directory: Path) -> Report:
    """A campaign on servers of its own."""
    faults = {name: float(share) for name, share in (each.split("=") for each in plan.server_faults.split(","))}
    with (
        throwaway_cluster() as cluster,
        charging_server(latency_s=plan.latency_s, faults=faults, seed=plan.seed) as url,
    ):
        return Campaign(plan, cluster=cluster, directory=directory, url=url).run()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

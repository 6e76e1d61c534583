"""What the qualification figures are measured in: prospects, an LLM server of our own, and a warm fleet."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db import connection
from django.test import override_settings

from performance.jobs.fleet import Fleet
from performance.jobs.models import Batch
from prospects.companies.models import Prospect
from prospects.icp.models import ICPVersion
from prospects.icp.profile import parse_toml
from prospects.icp.services import save_version
from prospects.intake import services as intake
from prospects.intake.benchmark_file import sample_csv
from prospects.qualification.models import QualificationRun
from prospects.qualification.plan import RunPlan
from prospects.qualification.services import submit_run
from tests.servers.openai_server import RunningServer, running_openai_server

LATENCY_S = 2.0
POLL_S = 0.02
# A worker that has finished one run looks for more before it is idle again.
REST_S = 1.0
PATIENCE_S = 240.0
MODEL = "gpt-5-mini"
BUDGET_MICROS = 1_000_000_000
PROFILE = """
title = "Food manufacturers that keep things cold ({number})"
description = "Plants of 50 to 2,000 people in the Midwest that cold-chain their goods."
[[criteria]]
kind = "industry"
any_of = ["Food manufacturing", "Beverages"]
weight = 40
must = true
[[criteria]]
kind = "employees"
min = 50
max = 2000
weight = 30
[[criteria]]
kind = "region"
any_of = ["Illinois", "Ohio", "Wisconsin"]
weight = 30
[[criteria]]
kind = "indicator"
text = "Runs its own refrigerated trucks"
weight = 10
"""


@dataclass(frozen=True, slots=True)
class Timed:
    """A run and how long it took from before it was submitted until its last result was stored."""

    run: QualificationRun
    wall_s: float

    def over_ideal(self, *, jobs: int, concurrency: int, latency_s: float = LATENCY_S) -> float:
        """Wall time over what the endpoint's latency alone would take."""
        return self.wall_s / (-(-jobs // concurrency) * latency_s)


@dataclass(slots=True)
class Scene:
    """`prospects` are all there are, in order; every profile made here is another, so that nothing is in the ledger."""

    server: RunningServer
    fleet: Fleet
    prospects: Sequence[int]
    _profiles: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def worker_pid(self) -> int:
        return self.fleet.started["worker"].pid

    def profile(self) -> ICPVersion:
        """A profile that nobody was measured by yet."""
        text = PROFILE.format(number=next(self._profiles))
        return save_version(profile=parse_toml(text), origin="file")

    def plan(self, prospects: Sequence[int], *, version: ICPVersion | None = None, **more: Any) -> RunPlan:
        return RunPlan(
            prospect_ids=prospects,
            icp_version=version or self.profile(),
            qualifier="llm",
            model=MODEL,
            budget_micros=BUDGET_MICROS,
            max_retries=5,
            **more,
        )

    def run(self, jobs: int, *, concurrency: int, version: ICPVersion | None = None, start: int = 0) -> Timed:
        """Qualify `jobs` prospects by an idle worker and wait for the last one."""
        plan = self.plan(self.prospects[start : start + jobs], version=version, concurrency=concurrency)
        time.sleep(REST_S)
        began = time.perf_counter()
        run = submit_run(plan).run
        return self.wait(run, began=began)

    def wait(self, run: QualificationRun, *, began: float) -> Timed:
        while Batch.objects.values_list("state", flat=True).get(pk=run.pk) == Batch.State.RUNNING:
            if time.perf_counter() - began > PATIENCE_S:
                raise TimeoutError(f"run {run.pk} was not done after {PATIENCE_S:.0f} s")
            time.sleep(POLL_S)
        wall_s = time.perf_counter() - began
        run.batch.refresh_from_db()
        return Timed(run, wall_s)


@contextmanager
def scene(prospects: int, **server_options: Any) -> Iterator[Scene]:
    """Server, prospects and a worker that has run once."""
    with running_openai_server(**{"latency": LATENCY_S} | server_options) as server:
        endpoint = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "bench"}
        with override_settings(**endpoint), Fleet(["qualification"], environment=endpoint) as fleet:
            made = Scene(server, fleet, _bring_in(prospects))
            _settle()
            server.control(latency=0.05)
            made.run(20, concurrency=20)
            server.control(latency=LATENCY_S)
            yield made


def _settle() -> None:
    """An import leaves upkeep to be done, which would otherwise begin amid a measurement."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _bring_in(wanted: int) -> Sequence[int]:
    """The ids of at least `wanted` prospects, imported where they don't exist yet."""
    if Prospect.objects.count() < wanted:
        received = intake.receive(name="bench.csv", chunks=sample_csv(wanted))
        intake.parse(received.pk)
        intake.commit(received.pk)
    return list(Prospect.objects.order_by("pk").values_list("pk", flat=True)[:wanted])

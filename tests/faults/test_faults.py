"""Real processes are killed in mid-run: nothing is lost, nothing is done or paid for twice."""

import os
from pathlib import Path

import pytest

from tests.faults.campaign import Plan, run

SHORT = Plan(seed=7, items=300, batches=2, kills=4, gap_s=3.0, lease_s=3, latency_s=0.5, timeout_s=1.5, patience_s=60)
LONG = Plan(
    seed=20_261, items=2_400, batches=4, kills=36, gap_s=6.0, lease_s=5, latency_s=1.0, timeout_s=3.0, patience_s=600
)


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_kills_and_restarts_lose_nothing_and_charge_nothing_twice(tmp_path: Path) -> None:
    plan = LONG if os.environ.get("ASSAY_FAULTS") == "long" else SHORT

    report = run(plan, directory=tmp_path)

    print(f"\n{report.table()}")
    assert report.items == plan.items
    assert {"FLUSHALL", "Valkey kill", "immediate PostgreSQL restart", "SIGKILL pump"} <= report.faults.keys()
    assert report.faults.get("SIGKILL child", 0) + report.faults.get("SIGKILL worker", 0) > 0
    assert (report.lost, report.completed_twice, report.charged_twice) == (0, 0, 0)
    assert (report.over_budget, report.ledger_differs) == (0, 0)
    assert report.percentile(0.99) <= plan.lease_s + 3

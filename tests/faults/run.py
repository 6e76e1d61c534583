"""`python -m tests.faults.run [--retry] [--seed N]`: the long campaign, and its table."""

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests import stack
from tests.faults.campaign import run
from tests.faults.test_faults import LONG


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill workers, Valkey and PostgreSQL in mid-run.")
    parser.add_argument("--retry", action="store_true", help="repeat calls of unknown outcome instead of parking them")
    parser.add_argument("--seed", type=int, default=LONG.seed)
    options = parser.parse_args()
    plan = replace(LONG, seed=options.seed, on_unknown="retry" if options.retry else "park")
    stack.begin(os.environ)
    with tempfile.TemporaryDirectory() as directory:
        report = run(plan, directory=Path(directory))
    print(report.table())
    return int(bool(report.lost or report.completed_twice or report.over_budget or report.ledger_differs))


if __name__ == "__main__":
    sys.exit(main())

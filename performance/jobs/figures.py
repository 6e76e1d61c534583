"""What becomes of jobs, for the measurements: job.outcomes {kind, outcome}, and job.run_ms of what ran through."""

from collections.abc import Collection

from performance import metrics
from performance.jobs.completion import Outcome

# `ready` is the state of a job that will be tried again.
_NAMES = {"ready": "retried"}


def measure(outcomes: Collection[Outcome]) -> None:
    """After they were stored, so that a repeated flush counts nothing twice. No I/O."""
    for each in outcomes:
        metrics.count("job.outcomes", {"kind": each.kind, "outcome": _NAMES.get(each.state, each.state)})
        if each.run_ms is not None:
            metrics.observe("job.run_ms", {"kind": each.kind}, each.run_ms)

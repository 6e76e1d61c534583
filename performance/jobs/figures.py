"""What becomes of jobs and of their paid calls, for the measurements.

job.outcomes {kind, outcome}, and job.run_ms of what ran through; llm.calls {outcome}, and llm.call_ms of what answered.
"""

from collections.abc import Collection

from performance import metrics
from performance.jobs.completion import Outcome
from performance.jobs.settlement import Settlement

# `ready` is the state of a job that will be tried again.
_NAMES = {"ready": "retried"}


def measure(outcomes: Collection[Outcome]) -> None:
    """After they were stored, so that a repeated flush counts nothing twice. No I/O."""
    for each in outcomes:
        metrics.count("job.outcomes", {"kind": each.kind, "outcome": _NAMES.get(each.state, each.state)})
        if each.run_ms is not None:
            metrics.observe("job.run_ms", {"kind": each.kind}, each.run_ms)


def measure_calls(settlements: Collection[Settlement]) -> None:
    """After they were stored. No I/O."""
    for each in settlements:
        metrics.count("llm.calls", {"outcome": each.state})
        if each.latency_ms is not None:
            metrics.observe("llm.call_ms", {}, each.latency_ms)

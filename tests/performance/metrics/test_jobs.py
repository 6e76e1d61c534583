"""What becomes of jobs, by kind."""

from performance.jobs.completion import Outcome
from performance.jobs.figures import measure, measure_calls
from performance.jobs.kinds import ClaimedJob
from performance.jobs.settlement import Settlement
from performance.metrics.tallies import taken

JOB = ClaimedJob(id=1, batch_id=1, subject_id=1, fence=1, attempt=1, input={}, params={})


def test_outcomes_are_counted_and_what_ran_through_is_measured() -> None:
    measure(
        [
            Outcome(JOB, "probe", "succeeded", run_ms=40),
            Outcome(JOB, "probe", "succeeded", run_ms=60),
            Outcome(JOB, "probe", "ready", delay_s=2.0),
            Outcome(JOB, "probe", "dead"),
        ]
    )

    found = {(each.name, *each.labels): tally for each, tally in taken()}

    outcomes = {dict(key[1:])["outcome"]: tally.n for key, tally in found.items() if key[0] == "job.outcomes"}
    assert outcomes == {"succeeded": 2, "retried": 1, "dead": 1}
    ran = found["job.run_ms", ("kind", "probe")]
    assert (ran.n, ran.low, ran.high) == (2, 40, 60)


def test_paid_calls_are_counted_by_how_they_ended_and_measured_where_an_answer_came() -> None:
    measure_calls(
        [
            Settlement(1, "succeeded", "{}", latency_ms=900, job_id=1, fence=1),
            Settlement(2, "failed", error="429", job_id=2, fence=1),
            Settlement(3, "unknown", job_id=3, fence=1),
        ]
    )

    found = {(each.name, *each.labels): tally for each, tally in taken()}

    counted = {dict(key[1:])["outcome"]: tally.n for key, tally in found.items() if key[0] == "llm.calls"}
    assert counted == {"succeeded": 1, "failed": 1, "unknown": 1}
    assert (found["llm.call_ms",].n, found["llm.call_ms",].high) == (1, 900)

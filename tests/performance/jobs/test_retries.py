from collections.abc import Callable

import pytest

from performance.jobs import control
from performance.jobs.kinds import (
    CallFailed,
    Calls,
    CallUncertain,
    ClaimedJob,
    GiveUp,
    JobError,
    PauseBatch,
    Policy,
    Retry,
)
from performance.jobs.models import Job
from performance.jobs.retries import Decision, decide, full_jitter
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till

Work = Callable[[], None]
POLICY = Policy(max_attempts=3, base_delay_s=2.0, max_delay_s=900.0)


@pytest.mark.parametrize(("attempt", "ceiling"), [(1, 2.0), (2, 4.0), (5, 32.0), (20, 900.0), (5000, 900.0)])
def test_delays_are_drawn_from_the_whole_range_up_to_a_doubling_ceiling(attempt: int, ceiling: float) -> None:
    assert full_jitter(attempt=attempt, policy=POLICY, draw=lambda: 0.0) == 0.0
    assert full_jitter(attempt=attempt, policy=POLICY, draw=lambda: 0.5) == ceiling / 2


@pytest.mark.parametrize(
    ("error", "attempt", "parks", "decision"),
    [
        (Retry("x", code="c"), 1, True, Decision("ready", "c", "x", 1.0, True)),
        (Retry("x", code="c"), 3, True, Decision("dead", "c", "x", 0.0, True)),
        (Retry("x", code="c", consumes_attempt=False), 3, True, Decision("ready", "c", "x", 4.0, False)),
        (CallFailed("x", code="429", after_s=7.0, consumes_attempt=False), 9, True, Decision("ready", "429", "x", 8.0)),
        (CallFailed("x", code="401", pauses_batch=True), 3, True, Decision("ready", "401", "x")),
        (PauseBatch("x", code="c"), 3, True, Decision("ready", "c", "x")),
        (GiveUp("x", code="c"), 1, True, Decision("dead", "c", "x", 0.0, True)),
        (CallUncertain("x", code="c"), 1, True, Decision("parked", "c", "x")),
        (CallUncertain("x", code="c"), 1, False, Decision("ready", "c", "x", 1.0, True)),
        (CallUncertain("x", code="c"), 3, False, Decision("dead", "c", "x", 0.0, True)),
    ],
)
def test_what_an_error_brings(error: JobError, attempt: int, parks: bool, decision: Decision) -> None:
    assert decide(error, attempt=attempt, policy=POLICY, parks_unknown=parks, draw=lambda: 0.5) == decision


def test_a_job_that_keeps_failing_is_a_dead_letter_and_redrive_gives_it_fresh_attempts(
    kind: Scripted, work: Work
) -> None:
    async def fail(job: ClaimedJob, calls: Calls) -> None:
        raise ValueError("broken\0 record")

    kind.does = fail
    batch = kind.submit(1, max_attempts=2)
    work()

    job = Job.objects.get(state="dead")
    assert (job.attempts, job.error_code, job.error) == (2, "valueerror", "ValueError: broken record")
    assert [(stuck.state, stuck.code) for stuck in kind.told_stuck] == [("dead", "valueerror")]
    batch.refresh_from_db()
    assert (batch.state, batch.dead) == ("finished", 1)

    kind.does = lambda job, calls: Till().buy("x", calls)
    assert control.redrive([job.pk]) == 1
    assert control.redrive([job.pk]) == 0
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.dead, batch.succeeded) == ("finished", 0, 1)


def test_a_429_uses_no_attempt(kind: Scripted, work: Work) -> None:
    till = Till()
    till.fails["x"] = [CallFailed("slow down", code="429", after_s=0.0, consumes_attempt=False) for _ in range(5)]
    kind.does = lambda job, calls: till.buy("x", calls)
    batch = kind.submit(1, max_attempts=1)
    work()

    batch.refresh_from_db()
    assert (batch.succeeded, batch.dead, till.charges["x"], batch.spent_micros) == (1, 0, 1, 80)
    assert Job.objects.get().attempts == 1


def test_a_job_that_takes_too_long_is_tried_again(kind: Scripted, work: Work) -> None:
    import asyncio

    async def linger(job: ClaimedJob, calls: Calls) -> None:
        if job.attempt == 1:
            await asyncio.sleep(30)

    kind.does = linger
    type(kind).policy, before = Policy(3, 0.01, 0.02, timeout_s=0.2), type(kind).policy
    try:
        batch = kind.submit(1)
        work()
    finally:
        type(kind).policy = before

    batch.refresh_from_db()
    assert (batch.succeeded, Job.objects.get().attempts) == (1, 2)

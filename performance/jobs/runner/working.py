"""One job from launch to outcome: the guard around a kind's `run`."""

import asyncio
import logging
import random
import time
from dataclasses import dataclass

from performance.jobs.completion import Outcome
from performance.jobs.kinds import (
    CallFailed,
    CallUncertain,
    ClaimedJob,
    Finished,
    JobError,
    Kind,
    PauseBatch,
    Policy,
    Retry,
)
from performance.jobs.retries import decide
from performance.jobs.runner.paying import Desk, JobCalls, Tally

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms the jobs of a lane are worked."""

    kind: Kind[object]
    policy: Policy
    parks_unknown: bool


async def work_on(job: ClaimedJob, *, terms: Terms, desk: Desk) -> Outcome:
    """Run the job and say what became of it; raises nothing but cancellation."""
    started = time.monotonic()
    tally = Tally()
    try:
        async with asyncio.timeout(terms.policy.timeout_s) as timer:
            calls = JobCalls(job, desk=desk, timer=timer, repeats_unknown=not terms.parks_unknown)
            tally = calls.tally
            result = await terms.kind.run(job, calls)
    except JobError as error:
        return failed(job, error, terms=terms, tally=tally)
    except TimeoutError as error:
        reason = f"It took longer than {terms.policy.timeout_s:g} s." if timer.expired() else str(error) or "timeout"
        return failed(job, Retry(reason, code="timeout"), terms=terms, tally=tally)
    except Exception as error:
        # The one guard per work item: whatever a kind trips over is written on the job's row.
        logger.exception("job %s (%s) failed unexpectedly", job.id, terms.kind.name)
        reason = f"{type(error).__name__}: {error}"
        return failed(job, Retry(reason, code=type(error).__name__.lower()), terms=terms, tally=tally)
    run_ms = round((time.monotonic() - started) * 1000)
    finished = Finished(job, result, run_ms, tally.cost_micros, tally.ledger_hits, tally.calls, tuple(tally.replies))
    return Outcome(
        job,
        terms.kind.name,
        "succeeded",
        finished,
        attempts=1,
        cost_micros=tally.cost_micros,
        saved_micros=tally.saved_micros,
        ledger_hits=tally.ledger_hits,
        run_ms=run_ms,
    )


def failed(job: ClaimedJob, error: JobError, *, terms: Terms, tally: Tally) -> Outcome:
    decision = decide(
        error,
        attempt=job.attempt,
        policy=terms.policy,
        parks_unknown=terms.parks_unknown,
        draw=random.random,
    )
    pauses = isinstance(error, PauseBatch) or (isinstance(error, CallFailed) and error.pauses_batch)
    return Outcome(
        job,
        terms.kind.name,
        decision.state,
        delay_s=decision.delay_s,
        attempts=int(decision.consumes_attempt),
        code=decision.code,
        reason=decision.reason,
        parked_key=tally.uncertain_key if isinstance(error, CallUncertain) else "",
        cost_micros=tally.cost_micros,
        saved_micros=tally.saved_micros,
        ledger_hits=tally.ledger_hits,
        pauses_batch=pauses,
        error=error,
    )

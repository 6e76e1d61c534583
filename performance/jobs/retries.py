"""What becomes of a job that could not be completed: pure rules."""

from collections.abc import Callable
from dataclasses import dataclass

from performance.jobs.kinds import CallFailed, CallUncertain, GiveUp, JobError, PauseBatch, Policy, Retry

READY = "ready"
DEAD = "dead"
PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Decision:
    """The job's next state. `delay_s` is when a ready one may be claimed again; `code` and `reason` stay on the row."""

    state: str
    code: str
    reason: str
    delay_s: float = 0.0
    consumes_attempt: bool = False


def full_jitter(*, attempt: int, policy: Policy, draw: Callable[[], float]) -> float:
    """Seconds before the retry after failed attempt number `attempt` (from 1): uniform in [0, base · 2^(attempt-1)].

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    ceiling = min(policy.max_delay_s, policy.base_delay_s * 2.0 ** min(attempt - 1, 32))
    return draw() * ceiling


def retry_or_die(error: Retry | CallFailed, *, attempt: int, policy: Policy, draw: Callable[[], float]) -> Decision:
    """A server's Retry-After is kept, with some jitter on top so that the herd doesn't come back at once."""
    if error.consumes_attempt and attempt >= policy.max_attempts:
        return Decision(DEAD, error.code, error.reason, consumes_attempt=True)
    delay_s = full_jitter(attempt=attempt, policy=policy, draw=draw)
    if error.after_s is not None:
        delay_s = error.after_s + draw() * policy.base_delay_s
    return Decision(READY, error.code, error.reason, delay_s, error.consumes_attempt)


def decide(
    error: JobError, *, attempt: int, policy: Policy, parks_unknown: bool, draw: Callable[[], float]
) -> Decision:
    """What happens to a job whose `run` raised `error` in its `attempt`-th try (from 1)."""
    if isinstance(error, CallUncertain) and parks_unknown:
        return Decision(PARKED, error.code, error.reason)
    if isinstance(error, PauseBatch) or (isinstance(error, CallFailed) and error.pauses_batch):
        return Decision(READY, error.code, error.reason)
    if isinstance(error, GiveUp):
        return Decision(DEAD, error.code, error.reason, consumes_attempt=True)
    if isinstance(error, Retry | CallFailed):
        return retry_or_die(error, attempt=attempt, policy=policy, draw=draw)
    return retry_or_die(Retry(error.reason, code=error.code), attempt=attempt, policy=policy, draw=draw)

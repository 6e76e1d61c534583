"""What the ledger says to a job that wants a paid call: pure rules."""

from dataclasses import dataclass
from enum import StrEnum

from performance.jobs.kinds import PaidRequest, Reply


@dataclass(frozen=True, slots=True)
class Ask:
    """A job's wish for a call. `repeats_unknown`: its batch retries calls of unknown outcome. `sends_at_once`: nothing
    is waited for between reserving and sending, so one transaction stores both.
    """

    request: PaidRequest
    job_id: int
    fence: int
    batch_id: int
    repeats_unknown: bool = False
    sends_at_once: bool = False


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest generation of a call in the ledger. `wait_s` until a sent one's deadline."""

    id: int
    generation: int
    state: str
    job_id: int | None
    fence: int
    wait_s: float
    is_repeatable: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer is in the ledger: for nothing. `saved_micros` is what it cost once."""

    reply: Reply
    saved_micros: int


@dataclass(frozen=True, slots=True)
class Bought:
    """The call is this job's to make; its estimate is reserved. `is_sent`: it is stored as sent, too."""

    call_id: int
    is_sent: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Another holder is making this very call: look again in `after_s`."""

    after_s: float


class Refusal(StrEnum):
    """Why a call can't be made now."""

    LOST = "the job's lease is gone"
    HALTED = "the batch is paused or cancelled"
    UNKNOWN = "the outcome of an earlier attempt is unknown"
    BUDGET = "the budget can't pay this call"
    BUDGET_IN_FLIGHT = "the rest of the budget is reserved by calls in flight"


Answer = Replay | Bought | Wait | Refusal


class Step(StrEnum):
    """How to buy: by a new row, or by the existing one, whose last attempt certainly wasn't charged."""

    BUY = "buy"
    TAKE_OVER = "take over"
    INHERIT = "inherit"
    IS_OURS = "is ours"


# Seconds between looks at a call that another process makes; it is answered or failed by its deadline.
LOOK_AGAIN_S = 1.0


def next_step(ask: Ask, newest: Newest | None) -> Step | Wait | Refusal:
    """What to do about a call for which the ledger has no usable answer."""
    if newest is None or newest.state == "succeeded":
        return Step.BUY
    if newest.state == "failed":
        return Step.TAKE_OVER
    if newest.state == "unknown":
        return Step.BUY if ask.repeats_unknown or newest.is_repeatable else Refusal.UNKNOWN
    if (newest.job_id, newest.fence) == (ask.job_id, ask.fence):
        # Our own reservation, whose commit we never heard of.
        return Step.IS_OURS
    if newest.state == "reserved" and newest.job_id == ask.job_id:
        # Reserved and never sent by an earlier holder of this job, who can't send it any more.
        return Step.INHERIT
    if newest.state == "sent" and newest.job_id == ask.job_id:
        # Sent by an earlier holder of this job: nothing will be known before its deadline.
        return Wait(max(newest.wait_s, 0.0) + 0.1)
    return Wait(LOOK_AGAIN_S)

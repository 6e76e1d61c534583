"""`calls.once`: the paid calls of a job, each paid for at most once."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from performance.database.text import storable, storable_json
from performance.jobs import ledger
from performance.jobs.asks import Answer, Ask, Bought, Refusal, Replay, Wait
from performance.jobs.kinds import (
    CallFailed,
    CallUncertain,
    ClaimedJob,
    Gate,
    JobError,
    PaidRequest,
    PauseBatch,
    Reply,
    Retry,
    Send,
)
from performance.jobs.runner.coalesce import Coalescer
from performance.jobs.runner.flusher import Flusher
from performance.jobs.runner.threads import DatabaseThread
from performance.jobs.settlement import Settlement

# Measured: launches per commit. With more, the first of a thousand calls waits for the last's row.
LAUNCH_CHUNK = 32
PATIENCE_S = 30.0


class Desk:
    """The ledger as the jobs of one event loop see it: chunks T2 and T3, and joins those who want the same call."""

    def __init__(self, database: DatabaseThread, *, flusher: Flusher) -> None:
        self._database = database
        self.flusher = flusher
        self.open: dict[str, asyncio.Future[Reply | None]] = {}
        # Those who wait at a gate and have bought nothing yet: they lose nothing by being stopped.
        self.queueing: set[asyncio.Task[Any] | None] = set()
        self._reservations: Coalescer[Ask, Answer] = Coalescer(
            self._reserve, size=LAUNCH_CHUNK, unheard=self._never_sent
        )
        self._launches: Coalescer[tuple[int, ClaimedJob, float], bool] = Coalescer(self._send, size=LAUNCH_CHUNK)

    async def reserve(self, ask: Ask) -> Answer:
        return await self._reservations.ask(ask)

    async def mark_sent(self, call_id: int, job: ClaimedJob, *, timeout_s: float) -> bool:
        return await self._launches.ask((call_id, job, timeout_s))

    async def _reserve(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        return await self._database.call(lambda: ledger.reserve(asks), patience_s=PATIENCE_S)

    async def _send(self, calls: Sequence[tuple[int, ClaimedJob, float]]) -> Sequence[bool]:
        sent = await self._database.call(lambda: ledger.mark_sent(calls), patience_s=PATIENCE_S)
        return [call_id in sent for call_id, _, _ in calls]

    def _never_sent(self, ask: Ask, answer: Answer) -> None:
        """Its job was stopped while the call was stored as sent."""
        if isinstance(answer, Bought) and answer.is_sent:
            error = "never sent"
            self.flusher.settle(Settlement(answer.call_id, "failed", error=error, job_id=ask.job_id, fence=ask.fence))


class _Open(Gate):
    """Lets everybody in."""

    def enter_at_once(self) -> bool:
        return True

    async def __aexit__(self, *_: object) -> None: ...


_OPEN = _Open()


@dataclass(slots=True)
class Tally:
    """What the calls of a job came to."""

    cost_micros: int = 0
    saved_micros: int = 0
    ledger_hits: int = 0
    calls: int = 0
    replies: list[Reply] = field(default_factory=list)
    # The call of unknown outcome that made the job stop.
    uncertain_key: str = ""


class JobCalls:
    """`Calls` for one job. The job's own timer rests while a call is under way, which has a time-out of its own."""

    def __init__(self, job: ClaimedJob, *, desk: Desk, timer: asyncio.Timeout, repeats_unknown: bool) -> None:
        self._job = job
        self._desk = desk
        self._timer = timer
        self._repeats_unknown = repeats_unknown
        self.tally = Tally()

    async def once(self, request: PaidRequest, send: Send, *, gate: Gate | None = None) -> Reply:
        """See `kinds.Calls`."""
        loop = asyncio.get_running_loop()
        due = self._timer.when()
        entered = loop.time()
        self._timer.reschedule(None)
        try:
            reply = await self._join_or_buy(request, send, gate or _OPEN)
        except CallUncertain:
            self.tally.uncertain_key = request.key
            raise
        finally:
            if due is not None and not self._timer.expired():
                self._timer.reschedule(due + loop.time() - entered)
        self.tally.replies.append(reply)
        return reply

    async def _join_or_buy(self, request: PaidRequest, send: Send, gate: Gate) -> Reply:
        """Whoever in this process comes second waits for the first, and tries itself if that one failed."""
        while (theirs := self._desk.open.get(request.key)) is not None:
            reply = await asyncio.shield(theirs)
            if reply is not None:
                return self._replayed(replace(reply, cost_micros=0, is_from_ledger=True), reply.cost_micros)
        ours: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self._desk.open[request.key] = ours
        reply = None
        try:
            reply = await self._reserve_and_send(request, send, gate)
        finally:
            ours.set_result(reply)
            if reply is None or reply.is_from_ledger:
                del self._desk.open[request.key]
        return reply

    async def _reserve_and_send(self, request: PaidRequest, send: Send, gate: Gate) -> Reply:
        """What needn't wait at the gate is stored as reserved and as sent by one commit."""
        ask = Ask(request, self._job.id, self._job.fence, self._job.batch_id, self._repeats_unknown)
        if not gate.enter_at_once():
            return await self._bought(await self._desk.reserve(ask), request, send, gate)
        async with gate:
            return await self._bought(await self._desk.reserve(replace(ask, sends_at_once=True)), request, send, _OPEN)

    async def _bought(self, answer: Answer, request: PaidRequest, send: Send, gate: Gate) -> Reply:
        if isinstance(answer, Replay):
            return self._replayed(answer.reply, answer.saved_micros)
        if isinstance(answer, Bought):
            return await self._pay(answer, request, send, gate)
        raise refused(answer)

    async def _pay(self, bought: Bought, request: PaidRequest, send: Send, gate: Gate) -> Reply:
        call_id, is_sent = bought.call_id, bought.is_sent
        try:
            async with self._queueing(gate):
                if not is_sent and not await self._desk.mark_sent(call_id, self._job, timeout_s=request.timeout_s):
                    raise refused(Refusal.HALTED)
                is_sent = True
                async with asyncio.timeout(request.timeout_s):
                    reply = await send()
        except asyncio.CancelledError as error:
            self._desk.flusher.settle(failure(call_id, self._job, error, is_sent=is_sent))
            raise
        except Exception as error:
            await self._desk.flusher.settle(failure(call_id, self._job, error, is_sent=is_sent))
            if is_certain(error) or not is_sent:
                raise
            raise uncertain(error, timeout_s=request.timeout_s) from error
        self._keep(call_id, request.key, reply)
        return reply

    @asynccontextmanager
    async def _queueing(self, gate: Gate) -> AsyncIterator[None]:
        """Inside the gate; until it lets in, known as waiting."""
        task = asyncio.current_task()
        if not self.tally.replies:
            self._desk.queueing.add(task)
        try:
            async with gate:
                self._desk.queueing.discard(task)
                yield
        finally:
            self._desk.queueing.discard(task)

    def _keep(self, call_id: int, key: str, reply: Reply) -> None:
        """The reply is this job's at once; whoever else wants it gets it from here until the ledger has it."""
        settlement = Settlement(
            call_id,
            "succeeded",
            _stored_text(reply.response),
            reply.cost_micros,
            reply.input_tokens,
            reply.output_tokens,
            reply.latency_ms,
            job_id=self._job.id,
            fence=self._job.fence,
        )
        stored = self._desk.flusher.settle(settlement)
        stored.add_done_callback(lambda _: self._desk.open.pop(key, None))
        self.tally.calls += 1
        self.tally.cost_micros += reply.cost_micros

    def _replayed(self, reply: Reply, saved_micros: int) -> Reply:
        self.tally.ledger_hits += 1
        self.tally.saved_micros += saved_micros
        return reply


def is_certain(error: Exception) -> bool:
    """Whether the call has certainly not been charged: `send` said so."""
    return isinstance(error, CallFailed | PauseBatch)


def failure(call_id: int, job: ClaimedJob, error: BaseException, *, is_sent: bool) -> Settlement:
    """How a call that raised is settled: nothing was charged unless it was sent and `send` doesn't know."""
    certain = not is_sent or (isinstance(error, Exception) and is_certain(error))
    reason = str(error) or type(error).__name__
    state = "failed" if certain else "unknown"
    return Settlement(call_id, state, error=storable(reason)[:2000], job_id=job.id, fence=job.fence)


def uncertain(error: Exception, *, timeout_s: float) -> CallUncertain:
    if isinstance(error, CallUncertain):
        return error
    if isinstance(error, TimeoutError):
        return CallUncertain(f"No reply within {timeout_s:g} s.", code="timeout")
    reason = error.reason if isinstance(error, JobError) else f"{type(error).__name__}: {error}"
    return CallUncertain(reason, code="unexpected")


def refused(answer: Wait | Refusal) -> JobError:
    """What a job raises that can't make its call now; except for an unknown outcome it costs no attempt."""
    if isinstance(answer, Wait):
        return Retry("The same call is under way.", code="in_progress", after_s=answer.after_s, consumes_attempt=False)
    if answer is Refusal.UNKNOWN:
        return CallUncertain("An earlier call may have been charged; its outcome is unknown.", code="unknown")
    if answer is Refusal.BUDGET:
        return PauseBatch("The budget can't pay another call.", code="budget")
    wait_s = 1.0 if answer is Refusal.BUDGET_IN_FLIGHT else 0.0
    return Retry(answer.value, code=answer.name.lower(), after_s=wait_s, consumes_attempt=False)


def _stored_text(response: Mapping[str, Any]) -> str:
    """JSON that PostgreSQL takes: it refuses NUL and lone surrogates, which models do send."""
    try:
        text = orjson.dumps(response, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        return json.dumps(storable_json(response), default=str)
    return json.dumps(storable_json(response)) if "\\u0000" in text else text

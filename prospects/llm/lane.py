"""One (endpoint, model) in one event loop: its gate, its dialect, its price, and how a call is sent and understood."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from performance.jobs.kinds import CallFailed, Calls, CallUncertain, GiveUp, JobError, PaidRequest, Reply
from prospects.llm import refusals, tokens
from prospects.llm.answers import Unusable, read, stored_form
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.gate import Gate, Permit
from prospects.llm.headers import read_limits
from prospects.llm.prices import Price
from prospects.llm.repair import repaired
from prospects.llm.requests import ChatRequest, Dialect
from prospects.llm.wire import Broken, NotSent, RawReply, Transport

# Each format and each name of the output limit once, and one to spare.
MAX_DIALECTS = 5
# A call is overdue in the ledger a little after it has timed out here.
GRACE_S = 5.0
MOST_TOKENS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer that follows the request's schema, and the reply that it was read from."""

    parsed: dict[str, Any]
    reply: Reply
    repaired: bool


@dataclass(slots=True)
class Lane:
    """Sends requests of one model to one endpoint. `changed` is called when the breaker or the dialect has changed."""

    endpoint: EndpointConfig
    model: str
    price: Price
    dialect: Dialect
    gate: Gate
    transport: Transport
    changed: Callable[["Lane"], None]

    async def complete(self, request: ChatRequest, *, calls: Calls) -> Completion:
        """See `Gateway.complete`."""
        reply = await self.buy(request, calls=calls)
        answer = read(reply.response, request.schema)
        if not isinstance(answer, Unusable):
            return Completion(answer, reply, repaired=False)
        second = await self.buy(repaired(request, reply.response, answer), calls=calls)
        answer = read(second.response, request.schema)
        if isinstance(answer, Unusable):
            raise GiveUp(f"No usable answer, even after a repair call. {answer.detail}", code=answer.flaw)
        return Completion(answer, second, repaired=True)

    async def buy(self, request: ChatRequest, *, calls: Calls) -> Reply:
        """The reply to `request`, paid for at most once. Raises what `Calls.once` does, and GiveUp."""
        permit = self.gate.permit(request.input_tokens + request.max_output_tokens)
        try:
            return await calls.once(self._paid(request), partial(self.send, request, permit), gate=permit)
        except refusals.RequestRejected as error:
            raise GiveUp(error.reason, code=error.code) from error

    def _paid(self, request: ChatRequest) -> PaidRequest:
        """The worst case is reserved: all of the output that is allowed."""
        return PaidRequest(
            key=request.key,
            estimate_micros=self.price.cost(input_tokens=request.input_tokens, output_tokens=request.max_output_tokens),
            timeout_s=request.deadline_s + GRACE_S,
            ttl_s=request.ttl_s,
            purpose=request.purpose,
            model=self.model,
        )

    async def send(self, request: ChatRequest, permit: Permit) -> Reply:
        """One call, in the dialect that the server takes. Raises CallFailed and CallUncertain."""
        dialect = self.dialect
        for _ in range(MAX_DIALECTS):
            started = time.perf_counter()
            raw = await self._post(dialect.body(request), request, permit)
            if raw.status < 300:
                self._settle_on(dialect)
                return self._reply(raw, request, latency_ms=round((time.perf_counter() - started) * 1000))
            following = dialect.after_refusal(refusals.told(raw))
            if following is None:
                break
            dialect = following
        raise self._meaning(raw)

    async def _post(self, body: bytes, request: ChatRequest, permit: Permit) -> RawReply:
        """A 2xx, 400 or 422; all else raises, and the gate learns of everything."""
        try:
            raw = await self.transport.post(body, timeout_s=request.deadline_s)
        except NotSent as error:
            self._failed(str(error))
            raise self._endpoints_fault(CallFailed(str(error), code="unreachable")) from error
        except Broken as error:
            self._failed(str(error))
            raise CallUncertain(str(error), code="broken") from error
        raw = _unwrapped(raw)
        limits = read_limits(raw.headers)
        if raw.status < 300:
            self._note(self.gate.answered(limits))
            return raw
        if raw.status == 429:
            self._note(self.gate.refused(permit, limits))
        elif raw.status >= 500 or raw.status == 408:
            raise self._server_failed(raw)
        else:
            self._note(self.gate.rejected())
        if raw.status in {400, 422}:
            return raw
        raise self._meaning(raw)

    def _server_failed(self, raw: RawReply) -> JobError:
        """Several failures in a row are the endpoint's fault, and don't count as this job's attempts."""
        is_endpoints = self.gate.breaker.blames_endpoint
        meaning = self._meaning(raw)
        self._failed(meaning.reason)
        if is_endpoints and isinstance(meaning, CallFailed):
            return self._endpoints_fault(meaning)
        return meaning

    def _endpoints_fault(self, failure: CallFailed) -> CallFailed:
        """No attempt of the job's is used up; the batch is paused when it has lasted for long."""
        failure.consumes_attempt = False
        if self.gate.is_overdue:
            failure.pauses_batch = True
            failure.code, failure.reason = "endpoint_down", self.gate.overdue_reason(failure.reason)
        return failure

    def _meaning(self, raw: RawReply) -> JobError:
        limits = read_limits(raw.headers)
        return refusals.meaning(raw, endpoint=self.endpoint, model=self.model, limits=limits)

    def _failed(self, reason: str) -> None:
        self._note(self.gate.failed(reason))

    def _note(self, has_changed: bool) -> None:
        if has_changed:
            self.changed(self)

    def _settle_on(self, dialect: Dialect) -> None:
        """Remember a dialect only once it has worked: a 400 may have had other reasons."""
        if dialect != self.dialect:
            self.dialect = dialect
            self.changed(self)

    def _reply(self, raw: RawReply, request: ChatRequest, *, latency_ms: int) -> Reply:
        try:
            completion = orjson.loads(raw.body)
            response = stored_form(completion)
        except (orjson.JSONDecodeError, KeyError, IndexError, TypeError, AttributeError) as error:
            reason = f"{self.endpoint.shown} answered with something that is no completion."
            raise CallUncertain(reason, code="no_completion") from error
        input_tokens = _counted(completion, "prompt_tokens", request.input_tokens)
        output_tokens = _counted(completion, "completion_tokens", tokens.count(response["content"]))
        return Reply(
            response=response,
            cost_micros=self.price.cost(input_tokens=input_tokens, output_tokens=output_tokens),
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            latency_ms=latency_ms,
        )


def _counted(completion: dict[str, Any], name: str, estimate: int) -> int:
    """The server's own count; of one that doesn't count, or counts what no column holds, our estimate."""
    usage = completion.get("usage")
    count = usage.get(name) if isinstance(usage, dict) else None
    return count if type(count) is int and 0 <= count <= MOST_TOKENS else estimate


def _unwrapped(raw: RawReply) -> RawReply:
    """Some proxies answer 200 with an error inside; give it the status that it names."""
    if raw.status != 200 or not raw.body.startswith(b'{"error"'):
        return raw
    code = refusals.error_of(raw).get("code")
    return RawReply(code if isinstance(code, int) and 400 <= code < 600 else 500, raw.headers, raw.body)

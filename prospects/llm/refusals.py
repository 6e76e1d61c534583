"""What an endpoint's refusal means for the call, its job and its batch. Pure."""

from collections.abc import Mapping
from typing import Any

import orjson

from performance.jobs.kinds import CallFailed, CallUncertain, JobError
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.headers import RateLimits
from prospects.llm.wire import RawReply

MAX_TOLD = 300
# The proxy gave up waiting; behind it the request may be running and charged.
UNCERTAIN = frozenset({408, 504, 522, 524})
NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


class RequestRejected(CallFailed):
    """This request will never be accepted: not charged, and no retry will help."""


def told(reply: RawReply) -> str:
    """What the endpoint says of an error, at most 300 characters."""
    message = error_of(reply).get("message")
    text = message if isinstance(message, str) and message else reply.body[:MAX_TOLD].decode("utf-8", "replace")
    return " ".join(text.replace("\x00", "").split())[:MAX_TOLD]


def error_of(reply: RawReply) -> dict[str, Any]:
    """The error object in the many shapes that servers give it."""
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return {}
    error = body.get("error", body) if isinstance(body, dict) else {}
    if isinstance(error, str):
        return {"message": error}
    if not isinstance(error, dict):
        return {}
    return error if "message" in error else {"message": error.get("detail"), **error}


def meaning(reply: RawReply, *, endpoint: EndpointConfig, model: str, limits: RateLimits) -> JobError:
    """The error to raise for a status that is not 2xx."""
    where, status = endpoint.shown, reply.status
    if reason := _pause_reason(reply, endpoint=endpoint, model=model):
        return CallFailed(reason[1], code=reason[0], consumes_attempt=False, pauses_batch=True)
    if status in UNCERTAIN:
        return CallUncertain(f"{where} answered {status}: it gave up waiting for its own answer.", code="timeout")
    if status == 429:
        reason_text = f"{where} is limiting its rate: {told(reply)}"
        return CallFailed(reason_text, code="rate_limited", after_s=limits.retry_after_s, consumes_attempt=False)
    reason_text = f"{where} answered {status}: {told(reply)}"
    if status >= 500 or status in {409, 425}:
        return CallFailed(reason_text, code="server_error", after_s=limits.retry_after_s)
    return RequestRejected(reason_text, code="rejected")


def _pause_reason(reply: RawReply, *, endpoint: EndpointConfig, model: str) -> tuple[str, str] | None:
    """Code and sentence when no request of this batch can succeed now."""
    where, status = endpoint.shown, reply.status
    if 300 <= status < 400:
        target = reply.headers.get("location", "another address")
        return "redirected", f"{where} redirects to {target}: set OPENAI_BASE_URL to where it is."
    if status in {401, 403}:
        return "refused_key", f"{where} refused the key ({status}): check OPENAI_API_KEY."
    if status == 404:
        return "unknown_model", f"{where} has no model {model!r}, or the address is wrong: {told(reply)}"
    if status == 402 or (status == 429 and _names(error_of(reply)) & NO_CREDIT):
        return "no_credit", f"{where} says that the account has no credit left."
    return None


def _names(error: Mapping[str, Any]) -> set[str]:
    return {str(error.get("code")), str(error.get("type"))}

"""A question to an engine's HTTP API, and what goes wrong there in our words."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from performance.outbound.client import Outbound, Reply, Request
from performance.outbound.errors import BadReply, NotConnected, OutboundError
from prospects.search.errors import EngineBusy, EngineDown, EngineRefused

BUSY_S = 30.0
LONGEST_WAIT_S = 3600.0
_SAID = 200


async def asked(request: Request, *, name: str, http: Outbound) -> Any:
    """The JSON that an engine answers. Raises EngineRefused, EngineDown, EngineBusy.

    What is told names neither the URL nor the headers: they may hold a key.
    """
    try:
        reply = await http.send(request)
    except NotConnected as error:
        raise EngineDown(f"{name} can't be reached: {error}") from error
    except OutboundError as error:
        # It was sent: an engine that answers wrongly, or too late, may have charged.
        raise EngineDown(f"{name} gave no answer: {error}", may_have_charged=not isinstance(error, BadReply)) from error
    _check(reply, name=name)
    try:
        return _json(reply.body)
    except (ValueError, RecursionError) as error:
        raise EngineDown(f"{name} answered something that isn't JSON.") from error


def get(url: str, parameters: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Request:
    kept = {key: value for key, value in parameters.items() if value}
    return Request("GET", f"{url}?{urlencode(kept)}", headers={"Accept": "application/json", **(headers or {})})


def _check(reply: Reply, *, name: str) -> None:
    if reply.status == 200:
        return
    said = f"{name} answered {reply.status}{_reason(reply.body)}"
    if reply.status == 429:
        raise EngineBusy(said, after_s=_wait_s(reply))
    if reply.status >= 500:
        raise EngineDown(said)
    raise EngineRefused(said)


def _json(body: bytes) -> Any:
    """Snippets are cut by length, and so hold halves of characters, which orjson doesn't take."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def _reason(body: bytes) -> str:
    """The engine's own message, where it has one."""
    try:
        content = _json(body)
    except (ValueError, RecursionError):
        return "."
    error = content.get("error", content) if isinstance(content, dict) else {}
    message = error.get("message", "") if isinstance(error, dict) else error
    return f": {str(message)[:_SAID]}" if message else "."


def _wait_s(reply: Reply) -> float:
    try:
        return min(max(float(reply.headers.get("Retry-After", BUSY_S)), 0.1), LONGEST_WAIT_S)
    except ValueError:
        return BUSY_S

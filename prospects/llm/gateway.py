"""The gateway: one per event loop, for all endpoints and models that its jobs ask.

What is learnt of an endpoint (pace, breaker, dialect) outlives the loop in this process, and in its row of Endpoint.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

from django.conf import settings
from django.db import Error

from performance.jobs.kinds import Calls, Retry
from performance.jobs.runner.threads import crew
from prospects.llm import store
from prospects.llm.breaker import Breaker
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.gate import Gate
from prospects.llm.lane import Completion, Lane
from prospects.llm.pace import Pace
from prospects.llm.prices import Price
from prospects.llm.requests import ChatRequest, Dialect, first_dialect
from prospects.llm.wire import Transport, load_transport

logger = logging.getLogger(__name__)

Pair = tuple[str, str]


@dataclass(slots=True)
class Learnt:
    """What this process knows of an (endpoint, model)."""

    price: Price
    dialect: Dialect
    pace: Pace
    breaker: Breaker


_learnt: dict[Pair, Learnt] = {}


@dataclass(slots=True)
class Gateway:
    """Use as `async with Gateway()`, or by `gateway_for_loop()`."""

    _lanes: dict[tuple[EndpointConfig, str], asyncio.Task[Lane]] = field(default_factory=dict)
    _transports: dict[tuple[str, str], Transport] = field(default_factory=dict)
    _saving: set[asyncio.Task[None]] = field(default_factory=set)
    # What must live as long as the gateway and is held by nobody else.
    keeps: tuple[object, ...] = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def complete(self, request: ChatRequest, *, calls: Calls) -> Completion:
        """The answer to `request`, through the ledger; after one that can't be used, of one repair call.

        Raises CallFailed, CallUncertain and PauseBatch as `Calls.once` does, GiveUp when no retry will help.
        """
        lane = await self._lane(request)
        return await lane.complete(request, calls=calls)

    async def close(self) -> None:
        """Save what was learnt and close the connections."""
        opened = [task for task in self._lanes.values() if task.done() and not task.cancelled()]
        lanes = [task.result() for task in opened if not task.exception()]
        for lane in lanes:
            if changes := store.pace_changes(lane.gate.pace):
                self._save(lane, changes)
        await asyncio.gather(*self._saving, return_exceptions=True)
        for transport in self._transports.values():
            await transport.close()
        self._lanes.clear()
        self._transports.clear()

    async def _lane(self, request: ChatRequest) -> Lane:
        """Of many jobs that begin at once, the first looks up what is remembered and the others wait for it."""
        key = (request.endpoint, request.model_name)
        task = self._lanes.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._lanes[key] = asyncio.ensure_future(self._open(*key))
        try:
            return await asyncio.shield(task)
        except Error as error:
            reason = f"The database could not be asked for the endpoint's state: {error}"
            raise Retry(reason, code="database", after_s=1.0, consumes_attempt=False) from error

    async def _open(self, endpoint: EndpointConfig, model: str) -> Lane:
        pair = endpoint.shown, model
        remembered = await crew.call(partial(store.remembered, *pair))
        learnt = _known(pair, remembered)
        return Lane(
            endpoint=endpoint,
            model=model,
            price=learnt.price,
            dialect=learnt.dialect,
            gate=Gate(
                learnt.pace,
                learnt.breaker,
                pause_after_s=settings.LLM_BREAKER_PAUSE_S,
                has_answered=remembered.has_answered,
            ),
            transport=self._transport(endpoint),
            changed=self._changed,
        )

    def _transport(self, endpoint: EndpointConfig) -> Transport:
        key = (endpoint.base_url, endpoint.api_key)
        if key not in self._transports:
            self._transports[key] = load_transport()(endpoint)
        return self._transports[key]

    def _changed(self, lane: Lane) -> None:
        breaker = lane.gate.breaker
        logger.warning(
            "%s at %s: breaker %s%s",
            lane.model,
            lane.endpoint.shown,
            "open" if breaker.is_open else "closed",
            f", {breaker.reason}" if breaker.is_open else f", {lane.dialect.format} answers",
        )
        _learnt[(lane.endpoint.shown, lane.model)].dialect = lane.dialect
        supports_schema = lane.dialect.format == "json_schema"
        self._save(lane, {**store.breaker_changes(breaker), "supports_schema": supports_schema})

    def _save(self, lane: Lane, changes: dict[str, Any]) -> None:
        work = partial(store.save, lane.endpoint.shown, lane.model, changes)
        task = asyncio.ensure_future(crew.call(work))
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)


def _known(pair: Pair, remembered: store.Remembered) -> Learnt:
    known = _learnt.get(pair)
    if known is None:
        known = _learnt[pair] = _from_row(pair[0], remembered)
    # A price may have been set meanwhile; and what an earlier loop left in flight is gone with it.
    known.price = remembered.price
    known.pace.in_flight = 0
    return known


def _from_row(base_url: str, remembered: store.Remembered) -> Learnt:
    now = time.monotonic()
    breaker = Breaker()
    if remembered.open_for_s is not None:
        breaker = Breaker(reason=remembered.reason, opened_at=now - remembered.open_for_s)
    pace = Pace(most=settings.JOB_MAX_IN_FLIGHT, limit=remembered.concurrency_limit or 0)
    pace.is_strict = remembered.is_strict
    for kind, rate in remembered.rates.items():
        pace.remember(kind, rate, now)
    dialect = first_dialect(base_url, supports_schema=remembered.supports_schema)
    return Learnt(remembered.price, dialect, pace, breaker)


_gateways: dict[asyncio.AbstractEventLoop, Gateway] = {}


def gateway_for_loop() -> Gateway:
    """The running loop's gateway, made on first use and closed with the loop."""
    loop = asyncio.get_running_loop()
    if loop not in _gateways:
        # `asyncio.run` closes the asynchronous generators that were begun on its loop: that is our cue.
        lifetime = _lifetime(loop)
        _gateways[loop] = Gateway(keeps=(lifetime, asyncio.ensure_future(anext(lifetime))))
    return _gateways[loop]


async def _lifetime(loop: asyncio.AbstractEventLoop) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await _gateways.pop(loop).close()

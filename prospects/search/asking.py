"""`find`: a question to an engine through the ledger, so that it is cached, within the budget and charged once."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from django.conf import settings

from performance import metrics
from performance.jobs.calls import call_key
from performance.jobs.kinds import CallFailed, Calls, CallUncertain, PaidRequest, Reply
from prospects.search.engines.configured import TOTAL_S, http_for_loop
from prospects.search.errors import EngineBusy, EngineDown, EngineRefused
from prospects.search.hits import Answer, Engine, Hit, Query
from prospects.search.pace import EngineGate, gate_for_loop

PURPOSE = "search"
# The transport's own time-out comes first and says more.
TIMEOUT_S = TOTAL_S + 5.0


async def find(query: Query, *, calls: Calls, engine: Engine) -> Answer:
    """What `engine` finds, from the ledger where the same was asked within SEARCH_CACHE_TTL.

    Raises CallFailed (engine_refused, engine_down, engine_busy, daily_limit), CallUncertain, and PauseBatch when the
    budget can't pay.
    """
    gate = gate_for_loop(engine)
    request = PaidRequest(
        key=query_key(query, engine=engine.name),
        estimate_micros=engine.cost_micros,
        timeout_s=TIMEOUT_S,
        ttl_s=settings.SEARCH_CACHE_TTL,
        purpose=PURPOSE,
        model=engine.name,
    )
    reply = await calls.once(request, partial(_ask, query, engine, gate), gate=gate)
    hits = hits_from(reply.response)
    if reply.is_from_ledger:
        metrics.count("search.calls", {"engine": engine.name, "outcome": "cached"})
    return Answer(hits, is_cached=reply.is_from_ledger, cost_micros=0 if reply.is_from_ledger else reply.cost_micros)


def query_key(query: Query, *, engine: str) -> str:
    """64 hex, the same for the same question to the same engine, however it is spaced."""
    parameters = {"country": query.country.upper(), "language": query.language.lower(), "most": query.most}
    asked = {"query": " ".join(query.text.split())}
    return call_key(endpoint=PURPOSE, model=engine, parameters=parameters, messages=[asked], schema=None)


def hits_from(response: Any) -> tuple[Hit, ...]:
    """The hits that the ledger keeps."""
    kept: Sequence[dict[str, Any]] = response.get("hits", [])
    return tuple(Hit(**hit) for hit in kept)


async def _ask(query: Query, engine: Engine, gate: EngineGate) -> Reply:
    try:
        hits = await engine.ask(query, http=await http_for_loop())
    except EngineRefused as error:
        _count(engine, "refused")
        raise CallFailed(str(error), code="engine_refused", pauses_batch=True) from error
    except EngineBusy as error:
        _count(engine, "busy")
        gate.rest(error.after_s)
        raise CallFailed(str(error), code="engine_busy", after_s=error.after_s, consumes_attempt=False) from error
    except EngineDown as error:
        _count(engine, "down")
        if error.may_have_charged and engine.cost_micros:
            raise CallUncertain(str(error), code="engine_down") from error
        raise CallFailed(str(error), code="engine_down") from error
    _count(engine, "answered")
    return Reply({"hits": [asdict(hit) for hit in hits]}, cost_micros=engine.cost_micros)


def _count(engine: Engine, outcome: str) -> None:
    metrics.count("search.calls", {"engine": engine.name, "outcome": outcome})

"""What outlives a process about an (endpoint, model): its row of Endpoint, and its price. Sync; few statements."""

import logging
from dataclasses import dataclass
from typing import Any

from django.db import Error
from django.utils import timezone

from performance.jobs.models import Batch, PaidCall
from prospects.llm.breaker import Breaker
from prospects.llm.models import Endpoint
from prospects.llm.pace import Pace
from prospects.llm.prices import Price, price_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known when a process begins to use an endpoint. `open_for_s` is None while the breaker is closed,
    `rates` are a second, by "requests" and "tokens". `has_answered`: this model, a call of an unfinished batch.
    """

    price: Price
    supports_schema: bool
    is_strict: bool
    concurrency_limit: int | None
    rates: dict[str, float]
    open_for_s: float | None
    reason: str
    has_answered: bool


def remembered(base_url: str, model: str) -> Remembered:
    """The row of the pair, made on first use, and the model's price. Runs in a thread of its own connection."""
    endpoint, _ = Endpoint.objects.get_or_create(base_url=base_url, model=model)
    limits = {"requests": endpoint.requests_per_minute, "tokens": endpoint.tokens_per_minute}
    is_open = endpoint.breaker != Endpoint.Breaker.CLOSED and endpoint.opened_at is not None
    return Remembered(
        price=price_of(model),
        supports_schema=endpoint.supports_schema,
        is_strict=endpoint.is_strict,
        concurrency_limit=endpoint.concurrency_limit,
        rates={kind: per_minute / 60 for kind, per_minute in limits.items() if per_minute},
        open_for_s=(timezone.now() - endpoint.opened_at).total_seconds() if is_open and endpoint.opened_at else None,
        reason=endpoint.reason,
        has_answered=PaidCall.objects.filter(batch__in=Batch.objects.active(), state="succeeded", model=model).exists(),
    )


def breaker_changes(breaker: Breaker) -> dict[str, Any]:
    """The columns that say what the breaker is now."""
    if breaker.is_open:
        reason = breaker.reason[:500]
        return {"breaker": Endpoint.Breaker.OPEN, "reason": reason, "failures": breaker.failures}
    return {"breaker": Endpoint.Breaker.CLOSED, "reason": "", "failures": 0, "opened_at": None}


def pace_changes(pace: Pace) -> dict[str, Any]:
    """The columns that say what the endpoint was last seen to bear; none where it has never objected: another
    process may know better."""
    if not pace.is_strict and not pace.rates:
        return {}
    per_minute = {kind: round(rate * 60) for kind, rate in pace.rates.items()}
    return {
        "is_strict": pace.is_strict,
        "concurrency_limit": int(pace.limit) if pace.is_strict and not pace.rates else None,
        "requests_per_minute": per_minute.get("requests"),
        "tokens_per_minute": per_minute.get("tokens"),
    }


def save(base_url: str, model: str, changes: dict[str, Any]) -> None:
    """Write columns of the pair's row; `opened_at` keeps its first value while the breaker stays open.

    A database that is away is logged: these are memories, and the calls go on without them.
    """
    at = timezone.now()
    rows = Endpoint.objects.filter(base_url=base_url, model=model)
    try:
        rows.update(**changes, updated_at=at)
        if changes.get("breaker") == Endpoint.Breaker.OPEN:
            rows.filter(opened_at__isnull=True).update(opened_at=at)
    except Error as error:
        logger.warning("The state of %s at %s could not be saved: %s", model, base_url, error)

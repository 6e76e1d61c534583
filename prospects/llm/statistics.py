"""What the ledger spared: calls bought and answered from it, money spent and saved."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from performance.jobs.models import Batch, PaidCall


@dataclass(frozen=True, slots=True)
class Savings:
    """Money in micro-dollars. `hits` are answers that cost nothing since the ledger had them."""

    calls: int
    hits: int
    spent_micros: int
    saved_micros: int

    @property
    def hit_rate(self) -> float:
        """0 to 1; 0 where nothing was asked."""
        asked = self.calls + self.hits
        return self.hits / asked if asked else 0.0


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What one model was asked and what it cost."""

    model: str
    calls: int
    failed: int
    uncertain: int
    input_tokens: int
    output_tokens: int
    cost_micros: int


def savings(*, since: datetime, kind: str = "") -> Savings:
    """Over the batches made since then, of one kind or all. One statement."""
    batches = Batch.objects.filter(created_at__gte=since)
    sums = (batches.filter(kind=kind) if kind else batches).aggregate(
        calls=Sum("calls", default=0),
        hits=Sum("ledger_hits", default=0),
        spent=Sum("spent_micros", default=0),
        saved=Sum("saved_micros", default=0),
    )
    return Savings(sums["calls"], sums["hits"], sums["spent"], sums["saved"])


def use_by_model(*, since: datetime) -> list[ModelUse]:
    """Over the calls reserved since then, dearest first. One statement."""
    state = PaidCall.State
    rows = (
        PaidCall.objects.filter(reserved_at__gte=since)
        .values("model")
        .annotate(
            succeeded=Count("pk", filter=Q(state=state.SUCCEEDED)),
            failed=Count("pk", filter=Q(state=state.FAILED)),
            uncertain=Count("pk", filter=Q(state=state.UNKNOWN)),
            input=Sum("input_tokens", default=0),
            output=Sum("output_tokens", default=0),
            cost=Sum("cost_micros", default=0),
        )
        .order_by("-cost", "model")
    )
    return [
        ModelUse(
            model=row["model"],
            calls=row["succeeded"],
            failed=row["failed"],
            uncertain=row["uncertain"],
            input_tokens=row["input"],
            output_tokens=row["output"],
            cost_micros=row["cost"],
        )
        for row in rows
    ]

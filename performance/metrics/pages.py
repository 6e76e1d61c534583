"""Requests in the console: by route, and over time."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from performance.console.charts import Chart, Line
from performance.console.page import console, render_page
from performance.metrics import levels, queries
from performance.metrics.middleware import METRIC
from performance.metrics.queries import NoSuchMetric, RouteFigures

SPANS = {"1h": timedelta(hours=1), "6h": timedelta(hours=6), "24h": timedelta(days=1), "30d": timedelta(days=30)}


@require_safe
@console()
def requests_page(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("over", "1h")
    chosen = chosen if chosen in SPANS else "1h"
    at, over = timezone.now(), SPANS[chosen]
    routes = [_row(each, over=over) for each in queries.routes(at=at, over=over)]
    context = {"routes": routes, "charts": _charts(at=at, over=over), "spans": SPANS, "chosen": chosen}
    return render_page(request, "performance/console/requests.html", context, title="Requests")


def _row(route: RouteFigures, *, over: timedelta) -> dict[str, Any]:
    n, quantiles = route.sample.n, route.sample.quantiles([0.5, 0.95, 0.99])
    return {
        "found": route,
        "quantiles": quantiles,
        "errors": route.errors / n if n else None,
        "per_minute": n / over.total_seconds() * 60,
        "level": levels.of_route(quantiles[1], answers=n),
    }


def _charts(*, at: datetime, over: timedelta) -> list[Chart]:
    try:
        found = queries.history(METRIC, at=at, over=over)
    except NoSuchMetric:
        return []
    times = [time for time, _ in found.points]
    quantiles = [sample.quantiles([0.5, 0.95, 0.99]) for _, sample in found.points]
    latency = [
        Line(label=label, values=[each[i] for each in quantiles]) for i, label in enumerate(("P50", "P95", "P99"))
    ]
    rates = [sample.n / found.step_s for _, sample in found.points]
    return [
        Chart(title="How long answers take", unit="ms", times=times, lines=latency),
        Chart(title="Requests", unit="a second", times=times, lines=[Line(label="requests", values=rates)]),
    ]


addresses = [path("", requests_page, name="console-requests")]

"""All of the console in one JSON document, for a ticket, a notebook or a program."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from performance.alerts.levels import levels
from performance.alerts.models import Alert
from performance.console import advice, dashboard
from performance.console.bottlenecks.services import Bottleneck, bottlenecks
from performance.console.health import checks
from performance.console.shapes import worst
from performance.metrics import queries
from performance.metrics.looks import one_look

_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@one_look()
def overview(*, at: datetime, most: int) -> Mapping[str, Any]:
    """How everything does, and the gravest `most` things to do."""
    areas = levels(at=at)
    return {
        "at": at,
        "level": worst(list(areas.values())),
        "areas": areas,
        "alerts_firing": Alert.objects.firing().count(),
        "tiles": [tile_of(each) for each in dashboard.tiles(at=at)],
        "findings": [each.told for each in advice.findings(at=at)[:most]],
    }


@one_look()
def export(*, at: datetime, over: timedelta, most: int) -> Mapping[str, Any]:
    """The overview, every resource, whether all runs, and what each metric amounted to over this time."""
    return {
        "overview": overview(at=at, most=most),
        "bottlenecks": [bottleneck_of(each) for each in bottlenecks(at=at)],
        "checks": [asdict(each) for each in checks(at=at)],
        "metrics": _metrics(at=at, over=over),
    }


def tile_of(shown: dashboard.Shown) -> Mapping[str, Any]:
    names = ("level", "value", "unit", "says")
    return {"title": shown.tile.title, **{name: getattr(shown.figures, name) for name in names}}


def bottleneck_of(each: Bottleneck) -> Mapping[str, Any]:
    return {
        "resource": each.resource.name,
        "level": each.level,
        "seen": [
            {
                "kind": seen.kind,
                "title": seen.aspect.title,
                "unit": seen.aspect.unit,
                "value": seen.value,
                "level": seen.level,
            }
            for seen in each.seen
        ],
        "impact": each.impact,
        "impact_unit": each.resource.impact_unit,
        "action": each.resource.action,
    }


def _metrics(*, at: datetime, over: timedelta) -> list[Mapping[str, Any]]:
    names = queries.names(at=at, over=over)
    found = queries.wholes(names, at=at, over=over)
    return [_metric(name, found.get(name, queries.Sample(bins={}))) for name in names]


def _metric(name: str, whole: queries.Sample) -> Mapping[str, Any]:
    found = whole.quantiles(list(_SHARES.values()))
    quantiles = dict(zip(_SHARES, found, strict=True))
    return {"name": name, "n": whole.n, "total": whole.total, "mean": whole.mean, **quantiles, "max": whole.high}

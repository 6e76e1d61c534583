"""The dashboard: how every area does, readable in five seconds by somebody who is on call."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from performance.alerts import tile as alerts
from performance.alerts.figures import Shown as Line
from performance.alerts.figures import what_is_open
from performance.cache import tile as cache
from performance.console import advice, capacity
from performance.console.page import console, render_page
from performance.console.shapes import Finding, Level, TileFigures, worst
from performance.database.activity import tile as activity
from performance.database.archival import tile as archival
from performance.database.indexes import tile as indexes
from performance.database.statements import tile as statements
from performance.database.tables import tile as tables
from performance.metrics import tile as requests
from performance.metrics.looks import one_look
from performance.queues import tile as queues
from performance.regressions import tile as regressions
from performance.system import tile as system

logger = logging.getLogger(__name__)
MOST_FINDINGS = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """`figures` is called with `at=`; `url_name` is where a click leads. An alert by one of the `signals` (how their
    names begin) is told by the tile, too.
    """

    title: str
    url_name: str
    figures: Callable[..., TileFigures]
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    tile: Tile
    figures: TileFigures


# In the order of the dashboard.
TILES: tuple[Tile, ...] = (
    Tile("Alerts", "console-alerts", alerts.tile),
    Tile("Requests", "console-requests", requests.tile, signals=("requests.", "limits.")),
    Tile("Regressions", "console-regressions", regressions.tile),
    Tile("Statements", "console-statements", statements.tile, signals=("sql.",)),
    Tile("Database", "console-tables", tables.tile),
    Tile("Connections", "console-activity", activity.tile, signals=("pool.", "database.")),
    Tile("Archival", "console-archival", archival.tile),
    Tile("Indexes", "console-indexes", indexes.tile),
    Tile("Cache", "console-cache", cache.tile, signals=("cache.",)),
    Tile("Queues", "console-queues", queues.tile, signals=("queues.", "jobs.", "tasks.")),
    Tile("System", "console-system", system.tile, signals=("system.",)),
    Tile("Capacity", "console-bottlenecks", capacity.tile),
)


def tiles(*, at: datetime) -> list[Shown]:
    """Every tile; one that can't be had says so, and none does better than what fires in it."""
    firing = _firing(at=at)
    return [Shown(tile=each, figures=_with_alert(each, _figures(each, at=at), firing)) for each in TILES]


@require_safe
@console()
@one_look()
def dashboard(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    found = advice.lately(at=at)
    return render_page(request, "performance/console/dashboard.html", _context(found, at=at), title="Performance")


@require_safe
@console()
@one_look()
def tiles_fragment(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    return render(request, "performance/console/_tiles.html", _context(advice.lately(at=at), at=at))


def _context(found: Sequence[Finding], *, at: datetime) -> dict[str, object]:
    shown = tiles(at=at)
    return {
        "tiles": shown,
        "level": worst([each.figures.level for each in shown]),
        "troubled": [each for each in shown if each.figures.level in (Level.POOR, Level.CRITICAL)],
        "findings": found[:MOST_FINDINGS],
        "finding_count": len(found),
        "at": at,
    }


def _firing(*, at: datetime) -> Sequence[Line]:
    try:
        return what_is_open(at=at).firing
    except Exception:
        # The guard of what the other tiles can do without: the alerts' own says that looking failed.
        logger.exception("the tiles are shown without what fires")
        return []


def _with_alert(tile: Tile, figures: TileFigures, firing: Sequence[Line]) -> TileFigures:
    """`firing` begins with the gravest."""
    gravest = next((each for each in firing if tile.signals and each.alert.signal.startswith(tile.signals)), None)
    if gravest is None:
        return figures
    level = Level.CRITICAL if gravest.alert.severity == "critical" else Level.POOR
    if figures.level.badness >= level.badness:
        return figures
    now = gravest.value if gravest.alert.value is not None else f"unknown now, {gravest.worst} at worst"
    return replace(figures, level=level, says=f"{gravest.alert}: {now}")


def _figures(tile: Tile, *, at: datetime) -> TileFigures:
    try:
        return tile.figures(at=at)
    except Exception as error:
        # The guard per tile: on a bad day the console is needed most, and one of its parts may be what is broken.
        logger.exception("the tile %s could not be had", tile.title)
        return TileFigures(level=Level.UNKNOWN, value="?", says=f"Looking failed: {type(error).__name__}")

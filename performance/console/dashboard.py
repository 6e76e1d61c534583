"""The dashboard: how every area does, readable in five seconds by somebody who is on call."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from performance.alerts import tile as alerts
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
    """`figures` is called with `at=`; `url_name` is where a click leads."""

    title: str
    url_name: str
    figures: Callable[..., TileFigures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    tile: Tile
    figures: TileFigures


# In the order of the dashboard.
TILES: tuple[Tile, ...] = (
    Tile("Alerts", "console-alerts", alerts.tile),
    Tile("Requests", "console-requests", requests.tile),
    Tile("Regressions", "console-regressions", regressions.tile),
    Tile("Statements", "console-statements", statements.tile),
    Tile("Database", "console-tables", tables.tile),
    Tile("Connections", "console-activity", activity.tile),
    Tile("Archival", "console-archival", archival.tile),
    Tile("Indexes", "console-indexes", indexes.tile),
    Tile("Cache", "console-cache", cache.tile),
    Tile("Queues", "console-queues", queues.tile),
    Tile("System", "console-system", system.tile),
    Tile("Capacity", "console-bottlenecks", capacity.tile),
)


def tiles(*, at: datetime) -> list[Shown]:
    """Every tile; one that can't be had says so."""
    return [Shown(tile=each, figures=_figures(each, at=at)) for each in TILES]


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


def _figures(tile: Tile, *, at: datetime) -> TileFigures:
    try:
        return tile.figures(at=at)
    except Exception as error:
        # The guard per tile: on a bad day the console is needed most, and one of its parts may be what is broken.
        logger.exception("the tile %s could not be had", tile.title)
        return TileFigures(level=Level.UNKNOWN, value="?", says=f"Looking failed: {type(error).__name__}")

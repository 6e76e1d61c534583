"""The connections in one tile."""

from datetime import datetime

from performance.console.shapes import Level, TileFigures, worst
from performance.database.activity import pools, sessions
from performance.database.activity.findings import BLOCKED_S
from performance.database.activity.health import health, utilisation
from performance.database.activity.trees import trees


def tile(*, at: datetime) -> TileFigures:
    """How full the pools are, unless somebody holds others up. Two statements."""
    found, seen = pools.published(), sessions.sessions()
    told = health(found, sessions.connections())
    held = [each for each in trees(seen) if each.longest_s >= BLOCKED_S]
    blocked = f"session {held[0].pid} holds up {held[0].blocked} for {held[0].longest_s:,.0f} s" if held else ""
    return TileFigures(
        level=worst([told.level, Level.CRITICAL if held else Level.UNKNOWN]),
        value="-" if found is None else f"{100 * utilisation(found):.0f}",
        unit="% of the pools" if found is not None else "",
        says=blocked or told.says,
    )

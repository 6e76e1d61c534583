"""The database in one tile."""

from datetime import datetime

from performance.console.shapes import Level, TileFigures, worst
from performance.database.tables import facts, samples
from performance.database.tables.growth import growth
from performance.database.tables.samples import WHOLE
from performance.database.tables.upkeep import all_kept

GB, MB = 1 << 30, 1 << 20


def tile(*, at: datetime) -> TileFigures:
    """Its size, its growth, and how its worst table is kept up. Five statements."""
    found, past = facts.database(), samples.history(WHOLE, at=at)
    kept = [(table.table, each) for table, each in all_kept()]
    level = worst([each.level for _, each in kept])
    poor = [name for name, each in kept if each.level in (Level.POOR, Level.CRITICAL)]
    trend = growth(past.points)
    grows = f"{trend.per_day / MB:+,.0f} MB a day" if trend else "its growth isn't known yet"
    value, unit = (found.bytes / GB, "GiB") if found.bytes >= GB else (found.bytes / MB, "MiB")
    return TileFigures(
        level=level,
        value=f"{value:,.1f}" if value < 100 else f"{value:,.0f}",
        unit=unit,
        says=f"{len(poor)} tables need upkeep, {poor[0]} first" if poor else grows,
        spark=[float(each.bytes) for each in past.hours],
    )

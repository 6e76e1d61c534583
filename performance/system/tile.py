"""The machines in one tile: what is scarcest."""

from datetime import datetime, timedelta

from performance.console.shapes import Level, TileFigures, worst
from performance.system.hosts import hosts, used
from performance.system.levels import level_of_host

LATELY, STEP_S = timedelta(hours=1), 60


def tile(*, at: datetime) -> TileFigures:
    found = hosts(at=at)
    if not found:
        return TileFigures(level=Level.UNKNOWN, value="-", says="No host was measured in the last ten minutes")
    busiest = max(found, key=lambda each: each.used.get("cpu_share", 0.0))
    full = {name: max(each.used.get(name, 0.0) for each in found) for name in ("memory_share", "disk_share")}
    points = used(("cpu_share",), at=at, over=LATELY, step_s=STEP_S).get(("cpu_share", busiest.host), [])
    return TileFigures(
        level=worst([level_of_host(each.used) for each in found]),
        value=f"{100 * busiest.used.get('cpu_share', 0.0):.0f}",
        unit="% CPU",
        says=f"memory {full['memory_share']:.0%}, disk {full['disk_share']:.0%}"
        + (f", the fullest of {len(found)} hosts" if len(found) > 1 else ""),
        spark=[value for _, value in points],
    )

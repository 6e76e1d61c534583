"""How well each area does, by what the last look at the rules found."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from performance.alerts.models import AlertReading
from performance.alerts.signals import AREAS, signal_named
from performance.console.shapes import Level, worst
from performance.metrics.looks import once_a_look

# Looks come every 15 s: what is older than this tells nothing of now.
STALE = timedelta(minutes=2)


@once_a_look
def levels(*, at: datetime) -> Mapping[str, Level]:
    """Of every area; unknown where nothing is measured, and everywhere when nobody has looked lately. One statement."""
    found: defaultdict[str, list[Level]] = defaultdict(list)
    rows = AlertReading.objects.filter(read_at__gt=at - STALE, rule__is_enabled=True)
    for name, level in rows.values_list("rule__signal", "level"):
        if signal := signal_named(name):
            found[signal.area].append(Level(level))
    return {area: worst(found[area]) for area in AREAS}

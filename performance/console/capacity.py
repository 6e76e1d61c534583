"""The dashboard's place for the nearest limit and its date, which nothing foretells yet."""

from datetime import datetime

from performance.console.shapes import Level, TileFigures


def tile(*, at: datetime) -> TileFigures:
    return TileFigures(
        level=Level.UNKNOWN, value="-", says="Forecasts aren't made yet; bottlenecks say what is near now"
    )

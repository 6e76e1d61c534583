"""What a chart shows, as the browser is told it: lines over time, and marks such as deploys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A value for each of the chart's times; None where nothing was measured, which is drawn as a gap."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    at: datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Lines over ascending times, in one unit."""

    title: str
    unit: str
    times: Sequence[datetime]
    lines: Sequence[Line]
    marks: Sequence[Mark] = ()

    @property
    def json(self) -> str:
        """For the script that draws it."""
        marks = [{"at": mark.at.timestamp(), "label": mark.label} for mark in self.marks]
        told = {
            "unit": self.unit,
            "times": [at.timestamp() for at in self.times],
            "lines": [{"label": line.label, "values": list(line.values)} for line in self.lines],
            "marks": marks,
        }
        return orjson.dumps(told).decode()

    @property
    def rows(self) -> list[tuple[datetime, list[float | None]]]:
        """The same as a table, newest first, for those who don't see or don't draw."""
        return [(at, [line.values[i] for line in self.lines]) for i, at in enumerate(self.times)][::-1]

"""Totals in Prometheus' text format, 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/). Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from performance.export.naming import labels_of, name_of, unit_of
from performance.metrics.histogram import PER_NAT

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Total:
    """All of one metric under one set of labels. `bins` (ascending) and `counts` are empty where it is only counted."""

    metric: str
    labels: Mapping[str, str]
    n: int
    total: float
    bins: Sequence[int]
    counts: Sequence[int]


def text(totals: Iterable[Total]) -> str:
    """`totals` ordered by metric, each set of labels once."""
    lines: list[str] = []
    for metric, group in groupby(totals, key=attrgetter("metric")):
        rows = list(group)
        lines += _histogram(metric, rows) if any(row.bins for row in rows) else _counter(metric, rows)
    return "\n".join(lines) + "\n" if lines else ""


def _counter(metric: str, rows: Sequence[Total]) -> Iterator[str]:
    name = f"{name_of(metric)}_total"
    yield from _head(metric, name, "counter")
    for row in rows:
        labels = labels_of(row.labels)
        yield f"{name}{{{labels}}} {row.n}" if labels else f"{name} {row.n}"


def _histogram(metric: str, rows: Sequence[Total]) -> Iterator[str]:
    name, unit = name_of(metric), unit_of(metric)
    yield from _head(metric, name, "histogram")
    bounds = [f'le="{math.exp(edge / PER_NAT) * unit.factor:.6g}"}} ' for edge in unit.edges]
    for row in rows:
        labels = labels_of(row.labels)
        begin = f"{name}_bucket{{{labels}," if labels else f"{name}_bucket{{"
        for bound, below in zip(bounds, _cumulative(row, unit.edges), strict=True):
            yield f"{begin}{bound}{below}"
        yield f'{begin}le="+Inf"}} {row.n}'
        braced = f"{{{labels}}}" if labels else ""
        yield f"{name}_sum{braced} {row.total * unit.factor!r}"
        yield f"{name}_count{braced} {row.n}"


def _cumulative(row: Total, edges: Sequence[int]) -> Iterator[int]:
    """How many lie in the bins up to each of the edges."""
    below, place = 0, 0
    for edge in edges:
        while place < len(row.bins) and row.bins[place] <= edge:
            below += row.counts[place]
            place += 1
        yield below


def _head(metric: str, name: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {metric} of docs/metrics.md."
    yield f"# TYPE {name} {kind}"

"""What our metrics are called by Prometheus, and in which units: https://prometheus.io/docs/practices/naming/. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from performance.metrics.histogram import bin_of

PREFIX = "assay_"
MIB = 1 << 20
# Every eighth edge of our bins: the bounds grow by 2.2, and what lies below each of them is known exactly.
_STEP = 8
_NO_LETTER = re.compile(r"[^a-zA-Z0-9_]")
_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def _edges(low: float, high: float) -> Sequence[int]:
    return range(bin_of(low) // _STEP * _STEP, bin_of(high) + 1, _STEP)


@dataclass(frozen=True, slots=True)
class Unit:
    """`ours` ends our names; `theirs` is the base unit, `factor` of ours make one of ours theirs. `edges` are bins."""

    ours: str
    theirs: str
    factor: float
    edges: Sequence[int]


UNITS = (
    Unit("_mb_per_s", "_bytes_per_second", MIB, _edges(0.01, 10_000)),
    Unit("_mb", "_bytes", MIB, _edges(1, 100_000)),
    Unit("_bytes", "_bytes", 1, _edges(64, 100_000_000)),
    Unit("_ms", "_seconds", 0.001, _edges(0.1, 150_000)),
    Unit("_share", "_ratio", 1, _edges(0.01, 10)),
    Unit("", "", 1, _edges(0.01, 1_000_000)),
)


def unit_of(metric: str) -> Unit:
    return next(unit for unit in UNITS if metric.endswith(unit.ours))


def name_of(metric: str) -> str:
    """ "http.request_ms" → "assay_http_request_seconds"."""
    unit = unit_of(metric)
    return PREFIX + _NO_LETTER.sub("_", metric.removesuffix(unit.ours)) + unit.theirs


def labels_of(labels: Mapping[str, str]) -> str:
    """task="a",queue="b", escaped. `le` is Prometheus' own, and names that begin with __ are, too."""
    return ",".join(f'{_label(name)}="{str(value).translate(_ESCAPED)}"' for name, value in sorted(labels.items()))


def _label(name: str) -> str:
    sound = _NO_LETTER.sub("_", name).lstrip("_")
    return f"label_{sound}" if sound in ("", "le", "quantile") or sound[0].isdigit() else sound

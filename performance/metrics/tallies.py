"""What a process has counted since it last said so: one accumulator for each metric and set of labels. No I/O here."""

import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from performance.database.text import storable
from performance.metrics.histogram import LARGEST, SMALLEST, bin_of

# Label sets of one metric in one process; what comes beyond is counted together, under OTHER.
MOST_SERIES = 1000
# Of statements each view and line has its own; what counts as "other" has lost who asked.
MORE_SERIES = {"sql.statement_ms": 5000}
OTHER = "other"
_LONGEST_LABEL = 200
_FOLDED_AT = 1000

Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class Tally:
    """A sample: how many, their sum, smallest, largest, histogram. `bins` is empty where things were only counted."""

    n: int = 0
    total: float = 0.0
    low: float = inf
    high: float = -inf
    bins: dict[int, int] = field(default_factory=dict)

    def add(self, values: Sequence[float]) -> None:
        sound = [each if SMALLEST < each < LARGEST else _nearest(each) for each in values]
        self.n += len(sound)
        self.total += sum(sound)
        self.low, self.high = min(self.low, *sound), max(self.high, *sound)
        for bin_, n in Counter(map(bin_of, sound)).items():
            self.bins[bin_] = self.bins.get(bin_, 0) + n


class Series:
    """One metric with one set of labels in this process. Keep it where it is used often: finding it costs more.

    Any thread may call these. Both only append to a list, which is atomic and takes 0.1 µs; what is in it is added up
    a thousand at a time, or when it is taken.
    """

    __slots__ = ("_added", "_lock", "_tally", "_values", "labels", "name")

    def __init__(self, name: str, labels: tuple[tuple[str, str], ...]) -> None:
        self.name, self.labels = name, labels
        self.begin_anew()

    def begin_anew(self) -> None:
        """Also in a forked child: another thread may hold the lock, and what was counted is the parent's to tell."""
        self._lock = threading.Lock()
        self._tally = Tally()
        self._added: list[int] = []
        self._values: list[float] = []

    def count(self, n: int = 1) -> None:
        """It happened, `n` times."""
        added = self._added
        added.append(n)
        if len(added) >= _FOLDED_AT:
            self._fold()

    def observe(self, value: float) -> None:
        """One value, of those that are ≥ 0: percentiles can be had of them. No number at all counts as 0."""
        values = self._values
        values.append(value)
        if len(values) >= _FOLDED_AT:
            self._fold()

    def take(self) -> Tally:
        """What there is since the last take."""
        if self._added or self._values:
            self._fold()
        with self._lock:
            taken, self._tally = self._tally, Tally()
        return taken

    def _fold(self) -> None:
        with self._lock:
            # Others append meanwhile: what they do stays behind what is copied and deleted.
            added, values = self._added[:], self._values[:]
            del self._added[: len(added)]
            del self._values[: len(values)]
            self._tally.n += sum(added)
            self._tally.total += sum(added)
            if values:
                self._tally.add(values)


def _nearest(value: float) -> float:
    return LARGEST if value >= LARGEST else 0.0


_all: dict[Key, Series] = {}
_sizes: dict[str, int] = {}
_lock = threading.Lock()


def count(name: str, labels: Mapping[str, str], n: int = 1) -> None:
    """`n` more of what `name` counts. Labels are few and of few values: a pattern, never an id or an address."""
    series(name, labels).count(n)


def observe(name: str, labels: Mapping[str, str], value: float) -> None:
    """A value of `name`; its unit is the end of the name (`_ms`, `_bytes`)."""
    series(name, labels).observe(value)


def series(name: str, labels: Mapping[str, str]) -> Series:
    """The accumulator of a metric and its labels, made when it is new. Name the labels in the same order always."""
    found = _all.get((name, tuple(labels.items())))
    return found or _new(name, labels)


def taken() -> Iterator[tuple[Series, Tally]]:
    """All that was counted since the last time, and begin anew."""
    for each in list(_all.values()):
        if (tally := each.take()).n:
            yield each, tally


def _new(name: str, labels: Mapping[str, str]) -> Series:
    asked: Key = (name, tuple(labels.items()))
    key: Key = (name, tuple(sorted((label, storable(value[:_LONGEST_LABEL])) for label, value in labels.items())))
    with _lock:
        if key not in _all and _sizes.get(name, 0) >= MORE_SERIES.get(name, MOST_SERIES):
            key = (name, tuple((label, OTHER) for label, _ in key[1]))
        if key not in _all:
            _all[key] = Series(*key)
            _sizes[name] = _sizes.get(name, 0) + 1
        # Another order of the labels is remembered, too; what was cut or counted as "other" isn't, or it would pile up.
        if sorted(asked[1]) == list(key[1]):
            _all[asked] = _all[key]
        return _all[key]


def _begin_anew() -> None:
    global _lock
    _lock = threading.Lock()
    for each in set(_all.values()):
        each.begin_anew()


os.register_at_fork(after_in_child=_begin_anew)

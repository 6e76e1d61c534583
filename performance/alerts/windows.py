"""What signals are read from: measurements over some time before a moment, each metric and time read once."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from performance.metrics import queries
from performance.metrics.queries import Sample

Labels = Mapping[str, str]
Labelled = tuple[Labels, Sample]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A signal's value under some labels. `n` is how much it stands on: requests, tasks, samples."""

    value: float
    n: int
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time that is asked about, of which labels (those equal to `only`), and by which label apart ("" for none)."""

    over: timedelta
    only: Labels = field(default_factory=dict)
    split_by: str = ""

    @property
    def is_of_all(self) -> bool:
        return not self.only and not self.split_by

    @property
    def minutes(self) -> float:
        return self.over.total_seconds() / 60

    def groups(self, found: Sequence[Labelled]) -> Mapping[str, list[Labelled]]:
        """What was asked for, by the value of `split_by`; what lacks that label isn't in it."""
        groups: defaultdict[str, list[Labelled]] = defaultdict(list)
        for labels, sample in found:
            is_wanted = all(labels.get(name) == value for name, value in self.only.items())
            if is_wanted and (not self.split_by or self.split_by in labels):
                groups[labels.get(self.split_by, "")].append((labels, sample))
        return groups

    def labels_of(self, group: str) -> Labels:
        return {self.split_by: group} if self.split_by else {}


class Measurements:
    """What was measured before `at`, for one evaluation: rules that share a metric and a time share its rows."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self._wholes: dict[tuple[str, timedelta], Sample] = {}
        self._found: dict[tuple[_Ask, str, timedelta], Sequence[Labelled]] = {}

    def samples(self, metric: str, over: timedelta) -> Sequence[Labelled]:
        """With histograms."""
        return self._once(queries.by_labels, metric, over)

    def counts(self, metric: str, over: timedelta) -> Sequence[Labelled]:
        """How many and their sum alone."""
        return self._once(queries.counts, metric, over)

    def all_together(self, metric: str, over: timedelta) -> Sequence[Labelled]:
        """With histograms, whatever the labels: of 5,000 of them PostgreSQL makes one sooner than we do."""
        found = self.whole(metric, over)
        return [({}, found)] if found.n else []

    def whole(self, metric: str, over: timedelta) -> Sample:
        """All labels together, merged by the database: of a metric that has thousands."""
        if (metric, over) not in self._wholes:
            self._wholes[metric, over] = queries.whole(metric, at=self.at, over=over)
        return self._wholes[metric, over]

    def _once(self, read: "_Ask", metric: str, over: timedelta) -> Sequence[Labelled]:
        if (read, metric, over) not in self._found:
            self._found[read, metric, over] = read(metric, at=self.at, over=over)
        return self._found[read, metric, over]


class _Ask(Protocol):
    def __call__(self, metric: str, *, at: datetime, over: timedelta) -> Sequence[Labelled]: ...


Read = Callable[[Measurements, Window], Sequence[Reading]]


def quantile(metric: str, share: float) -> Read:
    """A percentile of a metric's values; nothing where none was measured."""

    def read(found: Measurements, window: Window) -> list[Reading]:
        readings = []
        ask = found.all_together if window.is_of_all else found.samples
        for group, labelled in window.groups(ask(metric, window.over)).items():
            whole = together(labelled)
            [value] = whole.quantiles([share])
            if value is not None:
                readings.append(Reading(value=value, n=whole.n, labels=window.labels_of(group)))
        return readings

    return read


def share(metric: str, label: str, *, bad: frozenset[str], of: frozenset[str] | None = None) -> Read:
    """The part of what was counted whose `label` is one of `bad`; of all, or of those whose label is in `of`."""

    def read(found: Measurements, window: Window) -> list[Reading]:
        readings = []
        for group, labelled in window.groups(found.counts(metric, window.over)).items():
            total = sum(sample.n for labels, sample in labelled if of is None or labels.get(label) in of)
            wrong = sum(sample.n for labels, sample in labelled if labels.get(label) in bad)
            if total:
                readings.append(Reading(value=wrong / total, n=total, labels=window.labels_of(group)))
        return readings

    return read


def mean(metric: str) -> Read:
    """What the values of a metric amount to on average, as of samples taken every few seconds."""

    def read(found: Measurements, window: Window) -> list[Reading]:
        readings = []
        for group, labelled in window.groups(found.counts(metric, window.over)).items():
            n = sum(sample.n for _, sample in labelled)
            total = math.fsum(sample.total for _, sample in labelled)
            if n:
                readings.append(Reading(value=total / n, n=n, labels=window.labels_of(group)))
        return readings

    return read


def per_minute(metric: str, *, beside: str) -> Read:
    """How often it happened; nothing unless `beside`, what the same process always measures, was measured."""

    def read(found: Measurements, window: Window) -> list[Reading]:
        if not (looked := sum(sample.n for _, sample in found.counts(beside, window.over))):
            return []
        groups = window.groups(found.counts(metric, window.over)) or {"": []}
        return [
            Reading(
                value=sum(sample.n for _, sample in labelled) / window.minutes,
                n=looked,
                labels=window.labels_of(group) if labelled else {},
            )
            for group, labelled in groups.items()
        ]

    return read


def ratio(metric: str, *, to: str, label: str, of: frozenset[str]) -> Read:
    """How often `metric` was counted for each `to` whose `label` is in `of`."""

    def read(found: Measurements, window: Window) -> list[Reading]:
        counted = window.groups(found.counts(metric, window.over))
        readings = []
        for group, labelled in window.groups(found.counts(to, window.over)).items():
            n = sum(sample.n for labels, sample in labelled if labels.get(label) in of)
            happened = sum(sample.n for _, sample in counted.get(group, []))
            if n:
                readings.append(Reading(value=happened / n, n=n, labels=window.labels_of(group)))
        return readings

    return read


def together(labelled: Sequence[Labelled]) -> Sample:
    whole = Sample(bins={})
    for _, sample in labelled:
        whole = whole.with_(sample)
    return whole

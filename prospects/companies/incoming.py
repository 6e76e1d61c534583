"""Records of a chunk side by side. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Self

from prospects.companies.record import Record
from prospects.companies.rendering import Renderer


@dataclass(frozen=True, slots=True)
class Columns:
    """What is needed of every record, by place, as another process hands it over: `keys` that say who is who, and the
    rows of a new company and a new prospect as COPY takes them, without ids.

    `people` are the keys of all persons that are named; `warnings` are joined, of the few that have some.
    """

    keys: Sequence[Sequence[str]]
    companies: Sequence[bytes]
    prospects: Sequence[bytes]
    people: Sequence[str]
    warnings: Mapping[int, str]


@dataclass(frozen=True)
class Incoming:
    """Records of a chunk. Most are of companies that nobody has heard of, and nothing of those is looked at but their
    columns; `record` gives all of one, by its place.
    """

    columns: Columns
    record: Callable[[int], Record]

    @classmethod
    def of(cls, records: Sequence[Record], renderer: Renderer) -> Self:
        return cls(columns_of(records, renderer), records.__getitem__)

    def __len__(self) -> int:
        return len(self.columns.keys)

    @cached_property
    def keys(self) -> set[str]:
        """Those of all records."""
        return set(chain.from_iterable(self.columns.keys))

    @cached_property
    def keys_in_order(self) -> list[str]:
        """In the order of their index, whose pages are then met once and not for each key anew."""
        return sorted(self.keys)

    def contested(self, known: Collection[str]) -> list[int]:
        """The places of records that share a key with a company that is known by it, or with each other."""
        shared = self.keys.intersection(known)
        if len(self.keys) < sum(map(len, self.columns.keys)):
            numbers = Counter(chain.from_iterable(self.columns.keys))
            shared.update(key for key, number in numbers.items() if number > 1)
        if not shared:
            return []
        return [place for place, keys in enumerate(self.columns.keys) if not shared.isdisjoint(keys)]

    def only(self, places: Sequence[int]) -> "Incoming":
        """Those at these places, in this order."""
        columns, record = self.columns, self.record
        warnings = {at: columns.warnings[place] for at, place in enumerate(places) if place in columns.warnings}
        chosen = Columns(
            [columns.keys[place] for place in places],
            [columns.companies[place] for place in places],
            [columns.prospects[place] for place in places],
            columns.people,
            warnings,
        )
        return Incoming(chosen, lambda at: record(places[at]))


def columns_of(records: Sequence[Record], renderer: Renderer) -> Columns:
    companies, prospects = renderer.rows(records)
    warnings = {place: "; ".join(record.warnings) for place, record in enumerate(records) if record.warnings}
    people = [record.person.key for record in records if record.person is not None]
    return Columns([tuple(record.keys.values()) for record in records], companies, prospects, people, warnings)


def as_plain(columns: Columns) -> tuple[Any, ...]:
    """What `marshal` takes; `Columns(*…)` is the way back."""
    return (columns.keys, columns.companies, columns.prospects, columns.people, columns.warnings)

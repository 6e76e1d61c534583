"""The rows of a chunk become records: column by column, in a third of the time that row by row takes. Pure.

`RowReader` says what a row is read as. It reads those of which something must be left out, or which don't name a
company; all others are read here, with the same result.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from prospects.companies.incoming import Columns, Incoming
from prospects.companies.keys import keys_by_columns
from prospects.companies.normalise.name import name_keys
from prospects.companies.normalise.text import one_line
from prospects.companies.record import Record, Refusal
from prospects.companies.rendering import Renderer
from prospects.intake.column_facts import FIELDS, Facts, facts_of, texts_of
from prospects.intake.layout import Layout
from prospects.intake.originals import Originals
from prospects.intake.rows import RowReader, is_plain, joined

Cells = Sequence[str]
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Reads:
    """Rows that are read: {place in the chunk: why it was refused}, and the records of the others, in their order."""

    refused: dict[int, str]
    incoming: Incoming

    @property
    def places(self) -> Sequence[int]:
        """Where in the chunk each record stands."""
        return places_of(len(self.incoming), self.refused)


def places_of(records: int, refused: Collection[int]) -> Sequence[int]:
    """The places that so many records have in a chunk of which some rows are refused."""
    every = range(records + len(refused))
    return [place for place in every if place not in refused] if refused else every


class ChunkReader:
    """Reads the rows of one import, a chunk at a time."""

    def __init__(self, layout: Layout, renderer: Renderer) -> None:
        self._layout, self._renderer = layout, renderer
        self._row_reader = RowReader(layout)
        self._originals = Originals(layout.headers)
        self._is_columnar = "name" in layout.said and layout.said <= FIELDS

    def read(self, rows: Sequence[Cells]) -> Reads:
        return self._by_columns(rows) if self._is_columnar and rows else self._one_by_one(rows)

    def record(self, cells: Cells) -> Record:
        """Of a row that isn't refused."""
        read = self._row_reader.read(cells)
        if isinstance(read, Refusal):
            raise ValueError(read.reason)
        return read

    def _one_by_one(self, rows: Sequence[Cells]) -> Reads:
        reads = list(map(self._row_reader.read, rows))
        refused = {place: read.reason for place, read in enumerate(reads) if isinstance(read, Refusal)}
        return Reads(refused, Incoming.of([read for read in reads if isinstance(read, Record)], self._renderer))

    def _by_columns(self, rows: Sequence[Cells]) -> Reads:
        many = self._many(rows)
        odd = sorted(many.odd)
        # Where most rows are odd it is quicker not to ask first.
        self._is_columnar = 2 * len(odd) <= len(rows)
        others = self._one_by_one([rows[place] for place in odd])
        refused = {odd[at]: reason for at, reason in others.refused.items()}
        every = many.with_others(others.incoming, places=[odd[at] for at in others.places])
        return Reads(refused, every.only([at for at in range(len(rows)) if at not in refused]) if refused else every)

    def _many(self, rows: Sequence[Cells]) -> "_Many":
        width = self._layout.width
        odd = {place for place, cells in enumerate(rows) if len(cells) > width}
        rows = [row[:width] for row in rows] if odd else rows
        originals, lines = self._cleaned(rows)
        texts = texts_of(lines, self._layout)
        facts = facts_of(texts, odd)
        odd.update(place for place, name in enumerate(facts["name"]) if not name)
        names, notes = name_keys(facts["name"]), texts.get("notes") or [""] * len(rows)
        companies = self._renderer.companies(facts)
        prospects = self._renderer.prospects(self._layout.source, notes, originals)
        columns = Columns(keys_by_columns(facts, names), companies, prospects, [], {})
        return _Many(columns, facts, names, notes, originals, self._layout.source, odd)

    def _cleaned(self, rows: Sequence[Cells]) -> tuple[list[str], list[Cells]]:
        """What is kept of each row as it came, and its cells on one line each."""
        originals, lines = [], []
        for cells in rows:
            row = joined(cells)
            if is_plain(row):
                originals.append(self._originals.of_printable(cells, row))
                lines.append(cells)
            else:
                originals.append(self._originals.of(cells))
                lines.append(list(map(one_line, cells)))
        return originals, lines


@dataclass(frozen=True, slots=True)
class _Many:
    """Rows that were read by columns. `odd` are the places of those that are to be read otherwise."""

    columns: Columns
    facts: Facts
    name_keys: Sequence[str]
    notes: Sequence[str]
    originals: Sequence[str]
    source: str
    odd: set[int]

    def with_others(self, others: Incoming, *, places: Sequence[int]) -> Incoming:
        """With these records in place of those that were read here."""
        if not places:
            return Incoming(self.columns, self.record)
        at_place = {place: at for at, place in enumerate(places)}
        mine, theirs = self.columns, others.columns
        columns = Columns(
            _with(mine.keys, theirs.keys, places),
            _with(mine.companies, theirs.companies, places),
            _with(mine.prospects, theirs.prospects, places),
            [],
            {places[at]: warning for at, warning in theirs.warnings.items()},
        )
        return Incoming(
            columns, lambda place: others.record(at_place[place]) if place in at_place else self.record(place)
        )

    def record(self, place: int) -> Record:
        facts = {name: column[place] for name, column in self.facts.items() if column[place]}
        return Record(
            facts=facts,
            keys={key.partition(":")[0]: key for key in self.columns.keys[place]},
            fallback_name=facts.get("domain", ""),
            name_key=self.name_keys[place],
            source=self.source,
            notes=self.notes[place],
            original=self.originals[place],
        )


def _with(mine: Sequence[One], theirs: Sequence[One], places: Sequence[int]) -> list[One]:
    every = list(mine)
    for place, one in zip(places, theirs, strict=True):
        every[place] = one
    return every

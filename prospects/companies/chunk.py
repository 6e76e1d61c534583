"""A chunk of records that meets what is stored, and what became of it. Pure."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

from prospects.companies.incoming import Columns, Incoming
from prospects.companies.known import Known, KnownProspect, founded, joined
from prospects.companies.provenance import Entry

CREATE, UPDATE, SKIP, REFUSE = "create", "update", "skip", "refuse"
LONGEST_REASON = 500


@dataclass(slots=True)
class Settled:
    """What became of a record. `before` is what an undo needs to take it back; None for a wholly new company."""

    outcome: str
    reason: str
    prospect: KnownProspect | None = None
    before: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """An id for each record's company and prospect, by place, should they be new."""

    companies: Sequence[int]
    prospects: Sequence[int]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored about the companies of a chunk and their prospects, and ids for those that aren't."""

    companies: Sequence[Known]
    prospects: Sequence[KnownProspect]
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that are settled: what became of each, and what is to be written for that.

    `fresh_keys` are, with their places, those of records whose companies nobody has heard of, before or in the same
    chunk: they are written as they came, and no more is made of them. `results` are of all others, by place.
    """

    incoming: Incoming
    numbers: Numbers
    entry: Entry
    fresh: Sequence[int]
    fresh_keys: dict[str, int]
    results: dict[int, Settled]
    companies: list[Known]
    prospects: list[KnownProspect]
    new_keys: dict[str, Known]

    def result(self, place: int) -> Settled:
        """What became of the record there."""
        if (settled := self.results.get(place)) is not None:
            return settled
        return Settled(CREATE, self.reason_of_fresh(place), self._prospect(place))

    def reason_of_fresh(self, place: int) -> str:
        return self.incoming.columns.warnings.get(place, "")[:LONGEST_REASON]

    def prospect_id(self, place: int) -> int:
        settled = self.results.get(place)
        return settled.prospect.id if settled and settled.prospect else self.numbers.prospects[place]

    def stored_ids(self) -> list[int]:
        """The companies touched that were stored before."""
        return [company.id for company in self.companies if not company.is_new]

    def rest(self) -> None:
        """What was new or changed is on its way to the tables: what comes next changes it anew."""
        for company in self.companies:
            company.is_new = company.is_changed = False
        for prospect in self.prospects:
            prospect.is_new = prospect.is_changed = False

    def met(self, by: Set[str]) -> tuple[list[Known], list[KnownProspect]]:
        """Companies that nobody had heard of before this chunk and that have one of these keys, and their prospects."""
        places = sorted({self.fresh_keys[key] for key in self.fresh_keys.keys() & by})
        companies, prospects = list(map(self._company, places)), list(map(self._prospect, places))
        for company in companies:
            company.is_new = False
        for prospect in prospects:
            prospect.is_new = False
        return companies, prospects

    def _company(self, place: int) -> Known:
        record, line = self.incoming.record(place), self.incoming.columns.companies[place]
        company = founded(self.numbers.companies[place], record, self.entry, line=line)
        company.keys = {kind: {key} for kind, key in record.keys.items()}
        return company

    def _prospect(self, place: int) -> KnownProspect:
        line = self.incoming.columns.prospects[place]
        company_id, record = self.numbers.companies[place], self.incoming.record(place)
        return joined(self.numbers.prospects[place], company_id, record, line=line)


NOTHING = Chunk(Incoming(Columns([], [], [], [], {}), [].__getitem__), Numbers([], []), {}, [], {}, {}, [], [], {})

"""A chunk of records meets the companies that are known: who is who, what changes, what is new.

Nothing here touches the database: `store` says what is known, and writes what was decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from prospects.companies import keys
from prospects.companies.known import Founded, Joined, Known, KnownProspect
from prospects.companies.merge_rules import Stamp, merge
from prospects.companies.normalise.name import name_key
from prospects.companies.record import Record
from prospects.companies.rendering import values_of

CREATE, UPDATE, SKIP, REFUSE = "create", "update", "skip", "refuse"


@dataclass(slots=True)
class Settled:
    """What became of a record. `before` is what an undo needs to take it back; None for a wholly new company."""

    outcome: str
    reason: str
    prospect: KnownProspect | None = None
    before: dict[str, Any] | None = None


# Of every company that is new to all. It stays as it is: what is noted of a prospect is noted of known companies.
_CREATED: Final = Settled(CREATE, "")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored about the companies of a chunk and their prospects."""

    companies: Sequence[Known]
    prospects: Sequence[KnownProspect]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that are settled: what became of each, and what is to be written for that."""

    results: list[Settled]
    companies: list[Known]
    prospects: list[KnownProspect]
    new_keys: dict[str, Known]

    def stored_ids(self) -> list[int]:
        """The companies touched that were stored before."""
        return [company.id for company in self.companies if not company.is_new]

    def rest(self) -> None:
        """What was new or changed is on its way to the tables: what comes next changes it anew."""
        for company in self.companies:
            company.is_new = company.is_changed = False
        for prospect in self.prospects:
            prospect.is_new = prospect.is_changed = False


NOTHING = Chunk([], [], [], {})


class Store(Protocol):
    draw_company_id: Callable[[], int]
    draw_prospect_id: Callable[[], int]

    def standing(self, records: Sequence[Record], *, earlier: Chunk = NOTHING) -> Standing: ...

    def write(self, chunk: Chunk) -> None: ...


def settle(records: Sequence[Record], *, store: Store, stamp: Stamp) -> list[Settled]:
    """Decides for each record, in order, and has the store write it. Later records see what earlier ones did."""
    chunk = settle_chunk(records, store=store, stamp=stamp, standing=store.standing(records))
    store.write(chunk)
    return chunk.results


def settle_chunk(
    records: Sequence[Record], *, store: Store, stamp: Stamp, standing: Standing, earlier: Chunk = NOTHING
) -> Chunk:
    """Decides for each record, in order. `standing` may be from before `earlier` was written, which is believed."""
    earlier.rest()
    companies = _Companies(standing.companies, stamp, store.draw_company_id, earlier)
    prospects = _Prospects(standing.prospects, store.draw_prospect_id, earlier)
    results = [prospects.take(record, *companies.take(record)) for record in records]
    return Chunk(results, companies.touched, prospects.touched, companies.new_keys)


class _Companies:
    """The companies of a chunk, by their keys."""

    def __init__(self, known: Sequence[Known], stamp: Stamp, draw_id: Callable[[], int], earlier: Chunk) -> None:
        self.touched: list[Known] = []
        self.new_keys: dict[str, Known] = {}
        self._stamp = stamp
        self._entry = stamp.entry()
        self._draw_id = draw_id
        newer = {company.id: company for company in earlier.companies}
        self._index: dict[str, Known] = dict(earlier.new_keys)
        for stored in known:
            company = newer.get(stored.id, stored)
            for keys_of_kind in stored.keys.values():
                self._index.update(dict.fromkeys(keys_of_kind, company))

    def take(self, record: Record) -> tuple[Known, Settled]:
        # Nearly every row of a first import, so as little as can be is done for it.
        if self._index.keys().isdisjoint(record.keys.values()):
            return self._unheard_of(record), _CREATED
        known = self._index.get
        found = [(kind, company) for kind, key in record.keys.items() if (company := known(key))]
        company = next((company for kind, company in found if not told_apart(record, company, by=kind)), None)
        if company is None:
            company, settled = self._new(record), Settled(CREATE, "")
            company.keys = {}
            self._own_keys(record, company)
        else:
            settled = self._merged(record, company)
            self._add_keys(record, company, settled)
        notes = [
            f"its {keys.LABELS[kind]} belongs to {other.facts.get('name', 'another company')}"
            for kind, other in found
            if other is not company
        ]
        settled.reason = "; ".join([part for part in [settled.reason, *notes] if part])
        return company, settled

    def _unheard_of(self, record: Record) -> Known:
        """A new company none of whose keys is known."""
        company = self._new(record)
        owned = dict.fromkeys(record.keys.values(), company)
        self._index.update(owned)
        self.new_keys.update(owned)
        return company

    def _new(self, record: Record) -> Known:
        company = Founded(self._draw_id(), record, self._entry)
        self.touched.append(company)
        return company

    def _merged(self, record: Record, company: Known) -> Settled:
        merged = merge(company.facts, company.provenance, incoming=record.facts, method=self._stamp.method)
        before: dict[str, Any] = {}
        if merged.changed:
            before["company"] = {
                name: [company.facts.get(name), company.provenance.get(name)] for name in merged.changed
            }
            company.facts = company.facts | merged.changed
            company.provenance = company.provenance | dict.fromkeys(merged.changed, self._entry)
            company.line = ""
            self._touch(company)
        changes = f"changes {', '.join(sorted(merged.changed))}" if merged.changed else ""
        kept = f"keeps {', '.join(sorted(merged.kept))}, entered by a person or locked" if merged.kept else ""
        return Settled(UPDATE if merged.changed else SKIP, "; ".join(filter(None, [changes, kept])), before=before)

    def _add_keys(self, record: Record, company: Known, settled: Settled) -> None:
        if (fresh := self._own_keys(record, company)) and settled.before is not None:
            settled.before["keys"] = fresh
            self._touch(company)

    def _own_keys(self, record: Record, company: Known) -> list[str]:
        """Keys that nobody has yet become this company's: its aliases."""
        index = self._index
        fresh = []
        for kind, key in record.keys.items():
            if key not in index:
                index[key] = self.new_keys[key] = company
                company.keys.setdefault(kind, set()).add(key)
                fresh.append(key)
        return fresh

    def _touch(self, company: Known) -> None:
        if not company.is_changed and not company.is_new:
            company.is_changed = True
            self.touched.append(company)


def told_apart(record: Record, company: Known, *, by: str) -> bool:
    """Whether a stronger key than `by` says that these are two companies."""
    if by == keys.PHONE and record.name_key and record.name_key != name_key(company.facts.get("name", "")):
        return True
    for kind in keys.STRENGTH[:2]:
        if kind == by:
            return False
        mine, theirs = record.keys.get(kind), company.keys.get(kind)
        if mine and theirs and mine not in theirs:
            return True
    return False


class _Prospects:
    """The prospects of a chunk, by company and person."""

    def __init__(self, known: Sequence[KnownProspect], draw_id: Callable[[], int], earlier: Chunk) -> None:
        self.touched: list[KnownProspect] = []
        self._draw_id = draw_id
        self._index = {
            (prospect.company_id, prospect.person_key): prospect for prospect in (*known, *earlier.prospects)
        }

    def take(self, record: Record, company: Known, company_result: Settled) -> Settled:
        place = (company.id, record.person.key if record.person else None)
        prospect = self._index.get(place)
        if prospect is None:
            prospect = Joined(self._draw_id(), company.id, record)
            self._index[place] = prospect
            self.touched.append(prospect)
            outcome, reason = CREATE, company_result.reason
        else:
            outcome, reason = self._merged(record, prospect, company_result)
        if record.warnings:
            reason = "; ".join(part for part in [reason, *record.warnings] if part)
        return Settled(outcome, reason[:500] if reason else "", prospect, company_result.before)

    def _merged(self, record: Record, prospect: KnownProspect, result: Settled) -> tuple[str, str]:
        """An edited prospect only gets what it lacks; what came with the file is always kept up to date."""
        old = prospect.values
        changed = {
            name: value
            for name, value in values_of(record).items()
            if value and old.get(name, "") != value and not (prospect.is_edited and old.get(name))
        }
        columns = orjson.loads(prospect.original)
        original = columns | orjson.loads(record.original)
        revived = prospect.archived_at is not None and not prospect.is_edited
        if changed or original != columns or revived:
            before = result.before if result.before is not None else {}
            before["prospect"] = {name: old.get(name, "") for name in changed} | {
                "original": columns,
                "was_archived": revived,
            }
            result.before = before
            prospect.values = old | changed
            prospect.original = orjson.dumps(original).decode()
            prospect.archived_at = None if revived else prospect.archived_at
            prospect.line = ""
            self._touch(prospect)
            note = "brought back" if revived else f"changes {', '.join(sorted(changed) or ['its original columns'])}"
            return UPDATE, "; ".join(filter(None, [result.reason, note]))
        if result.outcome == SKIP:
            return SKIP, result.reason or "nothing new"
        return UPDATE, result.reason

    def _touch(self, prospect: KnownProspect) -> None:
        if not prospect.is_changed and not prospect.is_new:
            prospect.is_changed = True
            self.touched.append(prospect)

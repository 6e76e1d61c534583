"""A chunk of records meets the companies that are known: who is who, what changes, what is new.

Nothing here touches the database: `store` says what is known, and writes what was decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from prospects.companies import keys
from prospects.companies.chunk import CREATE, LONGEST_REASON, NOTHING, SKIP, UPDATE, Chunk, Numbers, Settled, Standing
from prospects.companies.incoming import Columns, Incoming
from prospects.companies.known import Known, KnownProspect, founded, joined
from prospects.companies.merge_rules import Stamp, merge
from prospects.companies.normalise.name import name_key
from prospects.companies.provenance import Entry
from prospects.companies.record import Record
from prospects.companies.rendering import Renderer, values_of


class Store(Protocol):
    def standing(self, incoming: Incoming, *, earlier: Chunk = NOTHING) -> Standing: ...

    def write(self, chunk: Chunk) -> None: ...


def settle(records: Sequence[Record], *, store: Store, stamp: Stamp) -> list[Settled]:
    """Decides for each record, in order, and has the store write it. Later records see what earlier ones did."""
    incoming = Incoming.of(records, Renderer(stamp.entry()))
    chunk = settle_chunk(incoming, stamp=stamp, standing=store.standing(incoming))
    store.write(chunk)
    return list(map(chunk.result, range(len(records))))


def settle_chunk(incoming: Incoming, *, stamp: Stamp, standing: Standing, earlier: Chunk = NOTHING) -> Chunk:
    """Decides for each record, in order. `standing` may be from before `earlier` was written, which is believed.

    Whose keys nobody has, nor any other record of the chunk, is new whatever becomes of the others: only the others
    are looked at, one after the other.
    """
    earlier.rest()
    met, met_prospects = earlier.met(incoming.keys)
    companies = _Companies([*standing.companies, *met], stamp, earlier)
    prospects = _Prospects([*standing.prospects, *met_prospects, *earlier.prospects])
    contested = incoming.contested(companies.index)
    results = {}
    for place in contested:
        new = _New(incoming.record(place), place, incoming.columns, standing.numbers)
        results[place] = prospects.take(new, *companies.take(new))
    fresh = [place for place in range(len(incoming)) if place not in results] if results else range(len(incoming))
    fresh_keys = {key: place for place in fresh for key in incoming.columns.keys[place]}
    written = companies.touched, prospects.touched, companies.new_keys
    return Chunk(incoming, standing.numbers, companies.entry, fresh, fresh_keys, results, *written)


@dataclass(frozen=True, slots=True)
class _New:
    """A record at its place in the chunk, which has ids and rows should its company or its prospect be new."""

    record: Record
    place: int
    columns: Columns
    numbers: Numbers

    def company(self, entry: Entry) -> Known:
        line = self.columns.companies[self.place]
        return founded(self.numbers.companies[self.place], self.record, entry, line=line)

    def prospect(self, company_id: int) -> KnownProspect:
        line = self.columns.prospects[self.place]
        return joined(self.numbers.prospects[self.place], company_id, self.record, line=line)


class _Companies:
    """The companies of a chunk, by their keys."""

    def __init__(self, known: Sequence[Known], stamp: Stamp, earlier: Chunk) -> None:
        self.touched: list[Known] = []
        self.new_keys: dict[str, Known] = {}
        self.entry = stamp.entry()
        self.index: dict[str, Known] = dict(earlier.new_keys)
        self._stamp = stamp
        newer = {company.id: company for company in earlier.companies}
        for stored in known:
            company = newer.get(stored.id, stored)
            for keys_of_kind in stored.keys.values():
                self.index.update(dict.fromkeys(keys_of_kind, company))

    def take(self, new: _New) -> tuple[Known, Settled]:
        record, known = new.record, self.index.get
        found = [(kind, company) for kind, key in record.keys.items() if (company := known(key))]
        company = next((company for kind, company in found if not told_apart(record, company, by=kind)), None)
        if company is None:
            company, settled = new.company(self.entry), Settled(CREATE, "")
            self.touched.append(company)
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

    def _merged(self, record: Record, company: Known) -> Settled:
        merged = merge(company.facts, company.provenance, incoming=record.facts, method=self._stamp.method)
        before: dict[str, Any] = {}
        if merged.changed:
            before["company"] = {
                name: [company.facts.get(name), company.provenance.get(name)] for name in merged.changed
            }
            company.facts = company.facts | merged.changed
            company.provenance = company.provenance | dict.fromkeys(merged.changed, self.entry)
            company.line = b""
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
        index = self.index
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

    def __init__(self, known: Sequence[KnownProspect]) -> None:
        self.touched: list[KnownProspect] = []
        self._index = {(prospect.company_id, prospect.person_key): prospect for prospect in known}

    def take(self, new: _New, company: Known, company_result: Settled) -> Settled:
        record = new.record
        place = (company.id, record.person.key if record.person else None)
        prospect = self._index.get(place)
        if prospect is None:
            prospect = new.prospect(company.id)
            self._index[place] = prospect
            self.touched.append(prospect)
            outcome, reason = CREATE, company_result.reason
        else:
            outcome, reason = self._merged(record, prospect, company_result)
        if record.warnings:
            reason = "; ".join(part for part in [reason, *record.warnings] if part)
        return Settled(outcome, reason[:LONGEST_REASON], prospect, company_result.before)

    def _merged(self, record: Record, prospect: KnownProspect, result: Settled) -> tuple[str, str]:
        """An edited prospect only gets what it lacks; what came with the file is always kept up to date."""
        old = prospect.values
        changed = {
            name: value
            for name, value in values_of(record).items()
            if value and old.get(name, "") != value and not (prospect.is_edited and old.get(name))
        }
        columns = orjson.loads(prospect.original)
        original = columns if prospect.original == record.original else columns | orjson.loads(record.original)
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
            prospect.line = b""
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

"""A chunk of records meets the companies that are known: who is who, what changes, what is new.

Nothing here touches the database: `store` says what is known, and writes what was decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from prospects.companies import keys
from prospects.companies.merge_rules import DERIVED, Provenance, Stamp, merge
from prospects.companies.normalise.name import name_key
from prospects.companies.record import Person, Record

Key = tuple[str, str]
CREATE, UPDATE, SKIP, REFUSE = "create", "update", "skip", "refuse"


@dataclass(slots=True, eq=False)
class Known:
    """A company as far as this chunk knows it."""

    id: int
    facts: dict[str, Any]
    provenance: Provenance
    keys: dict[str, set[str]]
    is_new: bool = False
    is_changed: bool = False
    new_keys: list[Key] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class KnownProspect:
    """A prospect as far as this chunk knows it."""

    id: int
    company: Known
    person_key: str | None
    values: dict[str, str]
    original: dict[str, Any]
    is_edited: bool = False
    archived_at: datetime | None = None
    is_new: bool = False
    is_changed: bool = False


@dataclass(slots=True)
class Settled:
    """What became of a record. `before` is what an undo needs to take it back; None for a wholly new company."""

    outcome: str
    reason: str
    prospect: KnownProspect | None = None
    before: dict[str, Any] | None = None


class Store(Protocol):
    def companies(self, wanted: Sequence[Key]) -> list[Known]: ...

    def prospects(self, wanted: Sequence[tuple[Known, str | None]]) -> list[KnownProspect]: ...

    def write(self, companies: Sequence[Known], prospects: Sequence[KnownProspect]) -> None: ...


def settle(records: Sequence[Record], *, store: Store, stamp: Stamp) -> list[Settled]:
    """Decides for each record, in order, and has the store write it. Later records see what earlier ones did."""
    companies = _Companies(store.companies(list({key for record in records for key in record.keys.items()})), stamp)
    settled = [companies.take(record) for record in records]
    people = [record.person.key if record.person else None for record in records]
    wanted = [(company, key) for (company, _), key in zip(settled, people, strict=True) if not company.is_new]
    prospects = _Prospects(store.prospects(wanted) if wanted else [])
    results = [
        prospects.take(record, company=company, company_result=result)
        for record, (company, result) in zip(records, settled, strict=True)
    ]
    store.write(companies.touched, prospects.touched)
    return results


class _Companies:
    """The companies of a chunk, by their keys."""

    def __init__(self, known: Sequence[Known], stamp: Stamp) -> None:
        self.touched: list[Known] = []
        self._stamp = stamp
        self._entry = stamp.entry()
        self._index: dict[Key, Known] = {
            (kind, value): company for company in known for kind, values in company.keys.items() for value in values
        }

    def take(self, record: Record) -> tuple[Known, Settled]:
        found = [(key, company) for key in record.keys.items() if (company := self._index.get(key))]
        company = next((company for key, company in found if not told_apart(record, company, by=key[0])), None)
        notes = [
            f"its {keys.LABELS[key[0]]} belongs to {other.facts.get('name', 'another company')}"
            for key, other in found
            if other is not company
        ]
        if company is None:
            company = self._new(record)
            settled = Settled(CREATE, "", before=None)
        else:
            settled = self._merged(record, company)
        self._add_keys(record, company, settled)
        settled.reason = "; ".join([part for part in [settled.reason, *notes] if part])
        return company, settled

    def _new(self, record: Record) -> Known:
        facts = record.facts
        provenance = dict.fromkeys(facts, self._entry)
        if "name" not in facts:
            facts = facts | {"name": record.fallback_name}
            provenance["name"] = self._entry | {"method": DERIVED}
        company = Known(0, facts, provenance, {}, is_new=True)
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
            self._touch(company)
        changes = f"changes {', '.join(sorted(merged.changed))}" if merged.changed else ""
        kept = f"keeps {', '.join(sorted(merged.kept))}, entered by a person or locked" if merged.kept else ""
        return Settled(UPDATE if merged.changed else SKIP, "; ".join(filter(None, [changes, kept])), before=before)

    def _add_keys(self, record: Record, company: Known, settled: Settled) -> None:
        """Keys that nobody has yet become this company's: its aliases."""
        fresh = [key for key in record.keys.items() if key not in self._index]
        for kind, value in fresh:
            self._index[kind, value] = company
            company.keys.setdefault(kind, set()).add(value)
            company.new_keys.append((kind, value))
        if fresh and settled.before is not None:
            settled.before["keys"] = fresh
            self._touch(company)

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
        self._index = {(id(prospect.company), prospect.person_key): prospect for prospect in known}

    def take(self, record: Record, *, company: Known, company_result: Settled) -> Settled:
        key = record.person.key if record.person else None
        prospect = self._index.get((id(company), key))
        if prospect is None:
            prospect = self._new(record, company=company, key=key)
            outcome, reason = CREATE, company_result.reason
        else:
            outcome, reason = self._merged(record, prospect, company_result)
        reason = "; ".join(part for part in [reason, *record.warnings] if part)
        return Settled(outcome, reason[:500], prospect, company_result.before)

    def _new(self, record: Record, *, company: Known, key: str | None) -> KnownProspect:
        prospect = KnownProspect(0, company, key, _values(record), record.original, is_new=True)
        self._index[id(company), key] = prospect
        self.touched.append(prospect)
        return prospect

    def _merged(self, record: Record, prospect: KnownProspect, result: Settled) -> tuple[str, str]:
        """An edited prospect only gets what it lacks; what came with the file is always kept up to date."""
        old = prospect.values
        changed = {
            name: value
            for name, value in _values(record).items()
            if value and old.get(name, "") != value and not (prospect.is_edited and old.get(name))
        }
        original = prospect.original | record.original
        revived = prospect.archived_at is not None and not prospect.is_edited
        if changed or original != prospect.original or revived:
            before = result.before if result.before is not None else {}
            before["prospect"] = {name: old.get(name, "") for name in changed} | {
                "original": prospect.original,
                "was_archived": revived,
            }
            result.before = before
            prospect.values = old | changed
            prospect.original = original
            prospect.archived_at = None if revived else prospect.archived_at
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


def _values(record: Record) -> dict[str, str]:
    values = {"source": record.source, "notes": record.notes}
    if person := record.person:
        values |= _person_values(person)
    return values


def _person_values(person: Person) -> dict[str, str]:
    return {
        "person_name": person.name,
        "person_title": person.title,
        "person_email": person.email,
        "person_phone": person.phone,
    }

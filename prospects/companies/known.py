"""Companies and prospects as far as a chunk of records knows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prospects.companies.provenance import Entry, Provenance
from prospects.companies.record import Record
from prospects.companies.rendering import founding, values_of


@dataclass(slots=True, eq=False)
class Known:
    """A company as far as this chunk knows it."""

    id: int
    facts: dict[str, Any]
    provenance: Provenance
    keys: dict[str, set[str]]
    is_new: bool = False
    is_changed: bool = False
    # Its row without the id, while it is as its record came.
    line: bytes = b""


@dataclass(slots=True, eq=False)
class KnownProspect:
    """A prospect as far as this chunk knows it."""

    id: int
    company_id: int
    person_key: str | None
    values: dict[str, str]
    # A JSON object.
    original: str
    is_edited: bool = False
    archived_at: datetime | None = None
    is_new: bool = False
    is_changed: bool = False
    # Its row without the ids, while it is as its record came.
    line: bytes = b""


def founded(id: int, record: Record, entry: Entry, *, line: bytes) -> Known:
    """A company that a record is the first to name; whose keys are known to be its own is said elsewhere."""
    facts, provenance = founding(record, entry)
    return Known(id, facts, provenance, {}, is_new=True, line=line)


def joined(id: int, company_id: int, record: Record, *, line: bytes) -> KnownProspect:
    """A prospect that a record is the first to name."""
    person_key = record.person.key if record.person else None
    return KnownProspect(id, company_id, person_key, values_of(record), record.original, is_new=True, line=line)

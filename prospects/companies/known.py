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
    line: str = ""


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
    line: str = ""


class Founded(Known):
    """A company that a record is the first to name. What it says is looked at when another record names it too."""

    __slots__ = ("_entry", "_record")

    def __init__(self, id: int, record: Record, entry: Entry) -> None:
        self.id = id
        self.is_new, self.is_changed = True, False
        self.line = record.company_line
        self._record, self._entry = record, entry

    def __getattr__(self, name: str) -> Any:
        """`facts`, `provenance` or `keys`, not set yet."""
        if name == "keys":
            self.keys = {kind: {key} for kind, key in self._record.keys.items()}
        elif name in {"facts", "provenance"}:
            self.facts, self.provenance = founding(self._record, self._entry)
        else:
            raise AttributeError(name)
        return getattr(self, name)


class Joined(KnownProspect):
    """A prospect that a record is the first to name, in the same way."""

    __slots__ = ("_record",)

    def __init__(self, id: int, company_id: int, record: Record) -> None:
        self.id, self.company_id = id, company_id
        self.person_key = record.person.key if record.person else None
        self.is_edited, self.archived_at = False, None
        self.is_new, self.is_changed = True, False
        self.line = record.prospect_line
        self._record = record

    def __getattr__(self, name: str) -> Any:
        """`values` or `original`, not set yet."""
        if name not in {"values", "original"}:
            raise AttributeError(name)
        self.values, self.original = values_of(self._record), self._record.original
        return self.values if name == "values" else self.original

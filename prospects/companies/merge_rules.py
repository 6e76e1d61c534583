"""Which value wins: an empty one changes nothing; a person's wins over a file's, a file's over research's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prospects.companies.provenance import Provenance

PERSON, FILE, API, RESEARCH, DERIVED = "person", "file", "api", "research", "derived"
_RANK = {PERSON: 3, FILE: 2, API: 2, RESEARCH: 1, DERIVED: 0}


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where values come from: `source` names the import, token or page, `method` is one of those above."""

    source: str
    method: str
    at: str
    by: int | None = None

    def entry(self) -> dict[str, Any]:
        """As it stands beside a value. Absent keys mean: nobody in particular, not locked."""
        entry: dict[str, Any] = {"source": self.source, "method": self.method, "at": self.at}
        return entry if self.by is None else entry | {"by": self.by}


@dataclass(frozen=True, slots=True)
class Merge:
    """`changed` fields take the new value; `kept` ones had another, which wins."""

    changed: dict[str, Any]
    kept: list[str]


def merge(current: Mapping[str, Any], provenance: Provenance, *, incoming: Mapping[str, Any], method: str) -> Merge:
    """What `incoming` (without empty values) changes in `current`."""
    changed: dict[str, Any] = {}
    kept: list[str] = []
    for name, value in incoming.items():
        if current.get(name) == value:
            continue
        entry = provenance.get(name)
        if entry is not None and not may_overwrite(entry, method=method):
            kept.append(name)
        else:
            changed[name] = value
    return Merge(changed, kept)


def may_overwrite(entry: Mapping[str, Any], *, method: str) -> bool:
    """Whether a value from `method` may take the place of the one that `entry` describes."""
    if entry.get("locked"):
        return method == PERSON
    return _RANK[method] >= _RANK.get(entry.get("method", ""), 0)

"""What the advisor says: one shape for all of it. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from performance.database.indexes.selection import Saving
from performance.database.indexes.shapes import Candidate, Name


class Kind(StrEnum):
    """What is to be done, or looked at."""

    CREATE = "create"
    FOREIGN_KEY = "foreign_key"
    UNUSED = "unused"
    DUPLICATE = "duplicate"
    REDUNDANT = "redundant"
    INVALID = "invalid"
    REWRITE = "rewrite"
    N_PLUS_ONE = "n_plus_one"


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Method(StrEnum):
    """How the gain is known: the planner's own price of an index that isn't there, the heuristic, or the catalogue."""

    HYPOTHETICAL = "hypothetical"
    HEURISTIC = "heuristic"
    CATALOGUE = "catalogue"


# As the API's schema names them.
METHODS = [each.value for each in Method]


@dataclass(frozen=True, slots=True)
class Advice:
    """`subject` says what it is about, in a way that is the same tomorrow. Milliseconds are a day's; `size_bytes` is
    what a new index takes, or what an old one gives back.
    """

    kind: Kind
    table: Name
    subject: str
    title: str
    says: str
    action: str
    severity: Severity
    method: Method
    gain_ms: float = 0.0
    write_ms: float = 0.0
    size_bytes: int = 0
    savings: Sequence[Saving] = ()
    candidates: Sequence[Candidate] = ()
    index: str = ""
    migration: str = ""

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits."""
        said = "|".join([self.kind, self.table.schema, self.table.table, self.subject])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

"""What one row, or one request, says about a company and perhaps a person there, normalised."""

from dataclasses import dataclass, field
from typing import Any

# Facts that stand in two columns of `Company` are one value here: (least, most).
RANGES = {"employees": ("employees_min", "employees_max"), "revenue": ("revenue_min", "revenue_max")}


@dataclass(slots=True)
class Person:
    """A person at a company. `key` tells two persons of one company apart: the e-mail address, or the folded name."""

    key: str
    name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""


@dataclass(slots=True)
class Record:
    """`facts` holds only what is said: a silent cell is absent. `keys` is {kind: key}, see `keys.company_keys`.

    `fallback_name` names the company where nothing else does. `original` is a JSON object, kept as text, since few need
    more of it. `warnings` say which values were left out, and why.
    """

    facts: dict[str, Any]
    keys: dict[str, str]
    fallback_name: str = ""
    name_key: str = ""
    person: Person | None = None
    source: str = ""
    notes: str = ""
    original: str = "{}"
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that can't become a prospect."""

    reason: str

"""What a profile is made of: criteria with weights, and the people who buy. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a criterion looks at."""

    INDUSTRY = "industry"
    EMPLOYEES = "employees"
    REVENUE = "revenue"
    STAGE = "stage"
    REGION = "region"
    FUNDING = "funding"
    TECHNOLOGY = "technology"
    PERSONA = "persona"
    INDICATOR = "indicator"


RANGE_KINDS = frozenset({Kind.EMPLOYEES, Kind.REVENUE})
LIST_KINDS = frozenset(Kind) - RANGE_KINDS - {Kind.INDICATOR}

MAX_WEIGHT = 100
DEFAULT_WEIGHT = 10


@dataclass(frozen=True, slots=True)
class Criterion:
    """One weighted question about a company.

    `key` identifies it within its profile (a slug of kind and label); `label` is one line, unique, fit for a column
    header. `any_of` serves the list kinds (and gives an indicator further phrasings); `min`/`max` are inclusive, for
    employees in people and for revenue in whole US dollars, None = open; `text` is an indicator's statement.
    """

    key: str
    kind: Kind
    label: str
    weight: int = DEFAULT_WEIGHT
    must: bool = False
    any_of: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """Only what says something: an absent bound or an empty list is left out."""
        stated: dict[str, Any] = {
            "key": self.key,
            "kind": str(self.kind),
            "label": self.label,
            "weight": self.weight,
            "must": self.must,
        }
        optional = {"any_of": list(self.any_of), "min": self.min, "max": self.max, "text": self.text}
        return stated | {name: value for name, value in optional.items() if value not in (None, [], "")}


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone who buys: a role, how senior, where, what hurts them and what they want."""

    role: str
    seniority: str = ""
    department: str = ""
    pains: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "seniority": self.seniority,
            "department": self.department,
            "pains": list(self.pains),
            "goals": list(self.goals),
        }


def criterion_key(kind: Kind, label: str) -> str:
    """`industry-food-manufacturing`: ASCII, at most 80 characters, the kind first and only once."""
    slug = slugify(label)
    slug = slug.removeprefix(f"{kind}-")
    return f"{kind}-{slug}"[:80].rstrip("-") if slug and slug != kind else str(kind)


def slugify(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; may be empty for text without Latin letters or digits."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")

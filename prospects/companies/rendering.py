"""A company and a prospect as the rows that COPY takes, without their ids. Pure: files are read by another process.

Each field is a text, NULL where there is none, in the order of COMPANY and PROSPECT.
"""

from collections.abc import Mapping
from itertools import repeat
from typing import Any

import orjson

from prospects.companies.copy_text import NULL, line_of
from prospects.companies.merge_rules import DERIVED
from prospects.companies.provenance import Entry, Provenance, as_json
from prospects.companies.record import Person, Record

TEXTS = (
    "name", "domain", "industry", "description", "stage", "funding", "street", "city", "region", "postal_code",
    "country", "phone", "email", "linkedin_url", "registry_number",
)  # fmt: skip
_NUMBERS = ("employees_min", "employees_max", "revenue_min", "revenue_max", "founded_year")
COMPANY = (*TEXTS, *_NUMBERS, "technologies", "provenance")
VALUES = ("person_name", "person_title", "person_email", "person_phone", "source", "notes")
PROSPECT = ("person_key", *VALUES, "original", "archived_at")
_UNKNOWN = (None, None)


class Renderer:
    """Writes the rows of what is new. `entry` is the provenance of all that the records say."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._alike: dict[tuple[str, ...], str] = {}

    def render(self, record: Record) -> None:
        """Has the record carry its rows, should its company and its prospect be new."""
        facts, provenance = record.facts, self._provenance(record)
        if "name" not in facts:
            facts = facts | {"name": record.fallback_name}
        record.company_line = line_of(company_row(facts, provenance))
        own: tuple[str, ...]
        if record.person is None:
            own = (NULL, "", "", "", "", record.source, record.notes, record.original, NULL)
        else:
            own = prospect_row(record.person.key, values_of(record), record.original, None)
        record.prospect_line = line_of(own)

    def _provenance(self, record: Record) -> str:
        """The same text for all companies of which the same is said."""
        said = tuple(record.facts)
        if (known := self._alike.get(said)) is None:
            known = self._alike[said] = as_json(founding(record, self._entry)[1])
        return known


def founding(record: Record, entry: Entry) -> tuple[dict[str, Any], Provenance]:
    """Facts and provenance of a company that the record is the first to name."""
    facts, provenance = record.facts, dict.fromkeys(record.facts, entry)
    if "name" in facts:
        return facts, provenance
    return facts | {"name": record.fallback_name}, provenance | {"name": entry | {"method": DERIVED}}


def values_of(record: Record) -> dict[str, str]:
    """What a prospect has of its own."""
    values = {"source": record.source, "notes": record.notes}
    return values | _person_values(record.person) if record.person else values


def company_row(facts: Mapping[str, Any], provenance: str) -> tuple[str, ...]:
    """`provenance` is as `provenance.as_json` writes it."""
    fact = facts.get
    least_staff, most_staff = fact("employees", _UNKNOWN)
    least_revenue, most_revenue = fact("revenue", _UNKNOWN)
    technologies = fact("technologies")
    return (
        *map(fact, TEXTS, repeat("")),
        _number(least_staff),
        _number(most_staff),
        _number(least_revenue),
        _number(most_revenue),
        _number(fact("founded_year")),
        orjson.dumps(technologies).decode() if technologies else "[]",
        provenance,
    )


def prospect_row(
    person_key: str | None, values: Mapping[str, str], original: str, archived_at: object
) -> tuple[str, ...]:
    return (
        NULL if person_key is None else person_key,
        *map(values.get, VALUES, repeat("")),
        original,
        NULL if archived_at is None else str(archived_at),
    )


def _person_values(person: Person) -> dict[str, str]:
    return {
        "person_name": person.name,
        "person_title": person.title,
        "person_email": person.email,
        "person_phone": person.phone,
    }


def _number(value: int | None) -> str:
    return NULL if value is None else str(value)

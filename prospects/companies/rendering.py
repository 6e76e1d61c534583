"""A company and a prospect as the rows that COPY takes, without their ids. Pure: files are read by another process.

Each field is a text, NULL where there is none, in the order of COMPANY and PROSPECT.
"""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

import orjson

from prospects.companies.copy_text import NULL, rows_of
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

    def rows(self, records: Sequence[Record]) -> tuple[list[bytes], list[bytes]]:
        """The rows of their companies and of their prospects, should these be new."""
        return rows_of(list(map(self._company, records))), rows_of(list(map(_prospect, records)))

    def _company(self, record: Record) -> tuple[str, ...]:
        facts, provenance = record.facts, self._provenance(record)
        if "name" not in facts:
            facts = facts | {"name": record.fallback_name}
        return company_row(facts, provenance)

    def _provenance(self, record: Record) -> str:
        """The same text for all companies of which the same is said."""
        said = tuple(record.facts)
        if (known := self._alike.get(said)) is None:
            known = self._alike[said] = as_json(founding(record, self._entry)[1])
        return known


def _prospect(record: Record) -> tuple[str, ...]:
    if record.person is None:
        return (NULL, "", "", "", "", record.source, record.notes, record.original, NULL)
    return prospect_row(record.person.key, values_of(record), record.original, None)


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
    technologies, founded = fact("technologies"), fact("founded_year")
    return (
        *map(fact, TEXTS, repeat("")),
        NULL if least_staff is None else str(least_staff),
        NULL if most_staff is None else str(most_staff),
        NULL if least_revenue is None else str(least_revenue),
        NULL if most_revenue is None else str(most_revenue),
        NULL if founded is None else str(founded),
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

"""A company and a prospect as the rows that COPY takes, without their ids. Pure: files are read by another process.

Each field is a text, NULL where there is none, in the order of COMPANY and PROSPECT.
"""

from collections.abc import Mapping, Sequence
from itertools import compress, repeat
from typing import Any

import orjson

from prospects.companies.copy_text import NULL, line_of, rows_of
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
        self._by_said: dict[tuple[bool, ...], str] = {}

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

    def companies(self, facts: Mapping[str, Sequence[Any]]) -> list[bytes]:
        """The rows of companies that are all named, whose facts stand in columns: silent ones empty or None."""
        said = zip(*(map(bool, column) for column in facts.values()), strict=True)
        provenance = list(map(self._provenance_of, repeat(tuple(facts)), said))
        unknown = [_UNKNOWN] * len(provenance)
        staff, revenue = (zip(*map(_range, facts.get(name, unknown)), strict=True) for name in ("employees", "revenue"))
        founded = map(_number, facts.get("founded_year", [None] * len(provenance)))
        texts = (facts.get(name, repeat("")) for name in TEXTS)
        rows = zip(*texts, *staff, *revenue, founded, repeat("[]"), provenance, strict=False)
        return rows_of(list(rows))

    def _provenance_of(self, names: tuple[str, ...], is_said: tuple[bool, ...]) -> str:
        if (known := self._by_said.get(is_said)) is None:
            known = self._by_said[is_said] = as_json(dict.fromkeys(compress(names, is_said), self._entry))
        return known

    def prospects(self, source: str, notes: Sequence[str], originals: Sequence[str]) -> list[bytes]:
        """The rows of prospects that name no person, in columns."""
        nobody = (NULL, "", "", "", "", source)
        if any(notes):
            return rows_of([(*nobody, note, original, NULL) for note, original in zip(notes, originals, strict=True)])
        # JSON has neither tabs nor line ends, so that all may be written together.
        before, after = f"{line_of(nobody)}\t\t".encode(), f"\t{NULL}".encode()
        written = "\n".join(originals).replace("\\", "\\\\").encode().split(b"\n")
        return [before + original + after for original in written]


def _range(of: tuple[int | None, int | None] | None) -> tuple[str, str]:
    least, most = of or _UNKNOWN
    return _number(least), _number(most)


def _number(number: int | None) -> str:
    return NULL if number is None else str(number)


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
        _number(least_staff),
        _number(most_staff),
        _number(least_revenue),
        _number(most_revenue),
        _number(founded),
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

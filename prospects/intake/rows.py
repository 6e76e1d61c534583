"""A row of cells becomes a record: values normalised, keys found, what can't be read left out and named. Pure."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from prospects.companies.keys import company_keys
from prospects.companies.normalise import domain as domains
from prospects.companies.normalise import region as regions
from prospects.companies.normalise.amount import employee_range, revenue_range
from prospects.companies.normalise.country import country
from prospects.companies.normalise.email import email
from prospects.companies.normalise.name import name_key, person_key
from prospects.companies.normalise.phone import phone
from prospects.companies.normalise.place import place
from prospects.companies.normalise.postal import postal_code
from prospects.companies.normalise.text import one_line
from prospects.companies.record import Person, Record, Refusal
from prospects.intake.fields import BY_NAME, REASON_HEADER

Texts = dict[str, str]

# What people write where they have nothing to say.
_SILENT = frozenset({"-", "--", "n/a", "na", "n.a.", "null", "none", "nil", "unknown", "#n/a", "nan", "?", "tbd", "."})
_SHORT = 24
_LENGTHS = {
    "name": 300, "industry": 200, "description": 20_000, "stage": 60, "funding": 60, "street": 300, "city": 120,
    "linkedin_url": 300, "registry_number": 60, "person_name": 200, "person_title": 200, "notes": 20_000,
}  # fmt: skip
_PLAIN = ("name", "industry", "description", "stage", "funding", "street", "city", "linkedin_url", "registry_number")


class RowReader:
    """Reads the rows of one import: which column is which is settled once."""

    def __init__(
        self, headers: Sequence[str], *, columns: Mapping[str, str], constants: Mapping[str, str], source: str = ""
    ) -> None:
        positions = {header: position for position, header in enumerate(headers)}
        self._headers = list(headers)
        self._kept = [(position, header) for header, position in positions.items() if header != REASON_HEADER]
        self._width = len(headers)
        self._source = source
        self._constants = {name: value for name, value in constants.items() if value}
        self._mapped = [(positions[header], name) for header, name in columns.items() if name and header in positions]

    def read(self, cells: Sequence[str]) -> Record | Refusal:
        """What the row says. Refused: more cells than headers, or neither a name nor a domain that can be used."""
        if len(cells) > self._width:
            return Refusal(f"has {len(cells)} cells where the header has {self._width}: perhaps a quote is missing")
        texts = self._texts(cells)
        warnings: list[str] = []
        facts = _facts(texts, warnings)
        person = _person(texts, facts, warnings)
        if "domain" not in facts and (found := _domain_of_email(facts, person)):
            facts["domain"] = found
        if "name" not in facts and "domain" not in facts:
            return Refusal("; ".join(["no name and no domain", *warnings])[:500])
        width = len(cells)
        key = name_key(facts["name"]) if "name" in facts else ""
        return Record(
            facts=facts,
            keys=company_keys(facts, name_key=key),
            fallback_name=facts.get("domain", ""),
            name_key=key,
            person=person,
            source=self._source,
            notes=texts.get("notes", ""),
            original={header: cells[at] for at, header in self._kept if at < width and cells[at]},
            warnings=warnings,
        )

    def _texts(self, cells: Sequence[str]) -> Texts:
        """{field: text} of the cells that say something, constants where they don't."""
        texts = dict(self._constants)
        width = len(cells)
        for position, name in self._mapped:
            if position < width and (cell := cells[position]):
                text = _said(cell) if len(cell) <= _SHORT else one_line(cell)
                if text:
                    texts[name] = text
        return texts


@lru_cache(maxsize=16_384)
def _said(cell: str) -> str:
    """A short cell on one line, empty where it only says that there is nothing to say. Most repeat down the file."""
    text = one_line(cell)
    return "" if text.lower() in _SILENT else text


def _facts(texts: Texts, warnings: list[str]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name in _PLAIN:
        if text := texts.get(name):
            facts[name] = _fitting(name, text, warnings)
    _add_domain(texts, facts, warnings)
    _add_place(texts, facts, warnings)
    _add_read(texts, facts, warnings, name="employees", rule=employee_range)
    _add_read(texts, facts, warnings, name="revenue", rule=revenue_range)
    _add_read(texts, facts, warnings, name="founded_year", rule=_year)
    _add_read(texts, facts, warnings, name="email", rule=email)
    if technologies := texts.get("technologies"):
        facts["technologies"] = _listed(technologies)
    if number := texts.get("phone"):
        _add_phone(number, facts, warnings)
    return facts


def _fitting(name: str, text: str, warnings: list[str]) -> str:
    length = _LENGTHS[name]
    if len(text) > length:
        warnings.append(f"{BY_NAME[name].label} cut to {length} characters")
        return text[:length].rstrip()
    return text


def _add_domain(texts: Texts, facts: dict[str, Any], warnings: list[str]) -> None:
    text = texts.get("domain")
    if not text:
        return
    found = domains.domain(text)
    if found is None:
        warnings.append(_left_out("domain", text))
    elif "linkedin.com/" in text and "linkedin_url" not in facts:
        facts["linkedin_url"] = text[:300]
    elif domains.is_shared(found):
        warnings.append(f"{found} is shared by many companies, so it is no company's domain")
    else:
        facts["domain"] = found


def _add_place(texts: Texts, facts: dict[str, Any], warnings: list[str]) -> None:
    """Columns of their own win over a place in one cell; a state implies its country."""
    code = None
    if (text := texts.get("country")) and (code := country(text)) is None:
        warnings.append(_left_out("country", text))
    state = texts.get("region", "")
    if location := texts.get("location"):
        found = place(location)
        code = code or found.country or None
        state = state or found.region
        if found.city and "city" not in facts:
            facts["city"] = found.city[:120]
    if state:
        facts["region"] = (regions.region(state, country=code) or state)[:120]
        code = code or regions.country_of(facts["region"])
    if code:
        facts["country"] = code
    if text := texts.get("postal_code"):
        facts["postal_code"] = postal_code(text, country=code)


def _add_read(
    texts: Texts, facts: dict[str, Any], warnings: list[str], *, name: str, rule: Callable[[str], Any]
) -> None:
    if text := texts.get(name):
        value = rule(text)
        if value is None:
            warnings.append(_left_out(name, text))
        else:
            facts[name] = value


def _add_phone(text: str, facts: dict[str, Any], warnings: list[str]) -> None:
    number = phone(text, country=_phone_country(facts))
    if number is None:
        warnings.append(_left_out("phone", text))
    else:
        facts["phone"] = number


def _phone_country(facts: Mapping[str, Any]) -> str | None:
    return facts.get("country") or (domains.country_of(facts["domain"]) if "domain" in facts else None)


def _person(texts: Texts, facts: Mapping[str, Any], warnings: list[str]) -> Person | None:
    """The person that the row names, if any; known by the e-mail address, else by the name."""
    name = texts.get("person_name") or " ".join(
        part for part in (texts.get("person_first_name"), texts.get("person_last_name")) if part
    )
    address = texts.get("person_email")
    if not name and not address:
        return None
    known = email(address) if address else None
    if address and known is None:
        warnings.append(_left_out("person_email", address))
    key = known or person_key(name)
    if not key:
        return None
    number = texts.get("person_phone")
    dialled = phone(number, country=_phone_country(facts)) if number else None
    if number and dialled is None:
        warnings.append(_left_out("person_phone", number))
    name = _fitting("person_name", name, warnings)
    title = _fitting("person_title", texts.get("person_title", ""), warnings)
    return Person(key[:300], name, title, known or "", dialled or "")


def _domain_of_email(facts: Mapping[str, Any], person: Person | None) -> str | None:
    """A company's own mail domain says which company it is; free mail doesn't."""
    for address in (facts.get("email"), person.email if person else None):
        if address and (found := domains.domain(address)) and not domains.is_shared(found):
            return found
    return None


def _year(text: str) -> int | None:
    digits = text[:4]
    return int(digits) if digits.isdecimal() and digits.isascii() and 1000 <= int(digits) <= 2100 else None


def _listed(text: str) -> list[str]:
    separator = ";" if ";" in text else "|" if "|" in text else ","
    return [part.strip()[:100] for part in text.split(separator) if part.strip()][:200]


def _left_out(name: str, text: str) -> str:
    shown = text if len(text) <= 60 else text[:57] + "…"
    return f"left out “{shown}”, which is no readable {BY_NAME[name].label.lower()}"

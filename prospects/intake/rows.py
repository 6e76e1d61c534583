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
from prospects.intake.fields import BY_NAME
from prospects.intake.layout import Layout
from prospects.intake.originals import Originals

Texts = dict[str, str]

# What people write where they have nothing to say.
_SILENT = frozenset({"-", "--", "n/a", "na", "n.a.", "null", "none", "nil", "unknown", "#n/a", "nan", "?", "tbd", "."})
_SILENCE = max(map(len, _SILENT))
_SHORT = 24
LENGTHS = {
    "name": 300, "industry": 200, "description": 20_000, "stage": 60, "funding": 60, "street": 300, "city": 120,
    "linkedin_url": 300, "registry_number": 60, "person_name": 200, "person_title": 200, "notes": 20_000,
}  # fmt: skip
PLAIN = ("name", "industry", "description", "stage", "funding", "street", "city", "linkedin_url", "registry_number")
PLACES = frozenset({"country", "region", "location", "postal_code"})
_PERSONAL = frozenset({"person_name", "person_first_name", "person_last_name", "person_email"})


def _year(text: str) -> int | None:
    digits = text[:4]
    return int(digits) if digits.isdecimal() and digits.isascii() and 1000 <= int(digits) <= 2100 else None


RULES: Mapping[str, Callable[[str], Any]] = {
    "employees": employee_range,
    "revenue": revenue_range,
    "founded_year": _year,
    "email": email,
}


class RowReader:
    """Reads the rows of one import: which column is which is settled once."""

    def __init__(self, layout: Layout) -> None:
        said = layout.said
        self._layout = layout
        self._originals = Originals(layout.headers)
        # Asked once, not for every row: what no column and no constant says needn't be looked for.
        self._plain = [name for name in PLAIN if name in said]
        self._rules = [(name, rule) for name, rule in RULES.items() if name in said]
        self._has_place = not said.isdisjoint(PLACES)
        self._has_person = not said.isdisjoint(_PERSONAL)

    def read(self, cells: Sequence[str]) -> Record | Refusal:
        """What the row says. Refused: more cells than headers, or neither a name nor a domain that can be used."""
        width = self._layout.width
        if len(cells) > width:
            return Refusal(f"has {len(cells)} cells where the header has {width}: perhaps a quote is missing")
        texts = self._texts(cells)
        warnings: list[str] = []
        facts = self._facts(texts, warnings)
        person = _person(texts, facts, warnings) if self._has_person else None
        if "domain" not in facts and (found := _domain_of_email(facts, person)):
            facts["domain"] = found
        if "name" not in facts and "domain" not in facts:
            return Refusal("; ".join(["no name and no domain", *warnings])[:500])
        key = name_key(facts["name"]) if "name" in facts else ""
        return Record(
            facts=facts,
            keys=company_keys(facts, name_key=key),
            fallback_name=facts.get("domain", ""),
            name_key=key,
            person=person,
            source=self._layout.source,
            notes=texts.get("notes", ""),
            original=self._originals.of(cells),
            warnings=warnings,
        )

    def _texts(self, cells: Sequence[str]) -> Texts:
        """{field: text} of the cells that say something, constants where they don't."""
        texts = dict(self._layout.constants)
        are_plain = is_plain(joined(cells))
        for name, cell in zip(self._layout.names, cells, strict=False):
            if not cell or not name:
                continue
            if are_plain and len(cell) > _SILENCE:
                texts[name] = cell
            elif text := _said(cell) if len(cell) <= _SHORT else _spoken(cell):
                texts[name] = text
        return texts

    def _facts(self, texts: Texts, warnings: list[str]) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        for name in self._plain:
            if text := texts.get(name):
                facts[name] = text if len(text) <= LENGTHS[name] else _fitting(name, text, warnings)
        if text := texts.get("domain"):
            _add_domain(text, facts, warnings)
        if self._has_place:
            _add_place(texts, facts, warnings)
        for name, rule in self._rules:
            if text := texts.get(name):
                _add_read(text, facts, warnings, name=name, rule=rule)
        if (listed := texts.get("technologies")) and (technologies := _listed(listed)):
            facts["technologies"] = technologies
        if number := texts.get("phone"):
            _add_phone(number, facts, warnings)
        return facts


def joined(cells: Sequence[str]) -> str:
    """All cells in one text, of which `is_plain` is asked."""
    return f"|{'|'.join(cells)}|"


def is_plain(row: str) -> bool:
    """Whether each of these cells is on one line already, and has no space at an end."""
    return row.isprintable() and "  " not in row and "| " not in row and " |" not in row


def is_silent(text: str) -> bool:
    """Whether it only says that there is nothing to say."""
    return len(text) <= _SILENCE and text.lower() in _SILENT


def _spoken(cell: str) -> str:
    """A cell on one line, empty where it is silent."""
    text = one_line(cell)
    return "" if is_silent(text) else text


# Of short cells most repeat down the file.
_said = lru_cache(maxsize=16_384)(_spoken)


def _fitting(name: str, text: str, warnings: list[str]) -> str:
    length = LENGTHS[name]
    if len(text) > length:
        warnings.append(f"{BY_NAME[name].label} cut to {length} characters")
        return text[:length].rstrip()
    return text


def _add_domain(text: str, facts: dict[str, Any], warnings: list[str]) -> None:
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
    said = texts.get
    found, left_out = place_of(
        said("country", ""), said("region", ""), said("location", ""), said("postal_code", ""), "city" in facts
    )
    facts.update(found)
    warnings += left_out


@lru_cache(maxsize=4096)
def place_of(
    nation: str, state: str, location: str, code: str, has_city: bool
) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Columns of their own win over a place in one cell; a state implies its country. And what was left out."""
    facts: dict[str, str] = {}
    known = country(nation) if nation else None
    if location:
        found = place(location)
        known = known or found.country or None
        state = state or found.region
        if found.city and not has_city:
            facts["city"] = found.city[:120]
    if state:
        facts["region"] = (regions.region(state, country=known) or state)[:120]
        known = known or regions.country_of(facts["region"])
    if known:
        facts["country"] = known
    if code:
        facts["postal_code"] = postal_code(code, country=known)
    is_left_out = nation and country(nation) is None
    return facts, (_left_out("country", nation),) if is_left_out else ()


def _add_read(text: str, facts: dict[str, Any], warnings: list[str], *, name: str, rule: Callable[[str], Any]) -> None:
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


def _listed(text: str) -> list[str]:
    separator = ";" if ";" in text else "|" if "|" in text else ","
    return [part.strip()[:100] for part in text.split(separator) if part.strip()][:200]


def _left_out(name: str, text: str) -> str:
    shown = text if len(text) <= 60 else text[:57] + "…"
    return f"left out “{shown}”, which is no readable {BY_NAME[name].label.lower()}"

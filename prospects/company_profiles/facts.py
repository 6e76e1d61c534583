"""A company's facts as they stand in its row, and as what a page says is read into them. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from prospects.companies.normalise.amount import employee_range, revenue_range
from prospects.companies.normalise.country import country
from prospects.companies.normalise.domain import domain
from prospects.companies.normalise.email import email
from prospects.companies.normalise.name import name_key
from prospects.companies.normalise.phone import phone
from prospects.companies.normalise.postal import postal_code
from prospects.companies.normalise.region import region
from prospects.companies.normalise.text import folded, one_line
from prospects.companies.record import RANGES
from prospects.icp.amounts import describe_range

PLACE = ("street", "city", "region", "postal_code", "country")
# As wide as the company's columns.
LONGEST: Mapping[str, int] = {
    "name": 300, "domain": 253, "industry": 200, "description": 4000, "funding": 60, "street": 300, "city": 120,
    "region": 120, "postal_code": 20, "country": 2, "phone": 20, "email": 254, "linkedin_url": 300,
    "registry_number": 60,
}  # fmt: skip
OFFERED = (*LONGEST, "founded_year", "employees", "revenue", "technologies")
MOST_TECHNOLOGIES = 60
_LISTED = ", "
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_WEB = re.compile(r"^(?:https?://)?(?:www\.)?|/+$")
_READ: Mapping[str, Callable[[str, str | None], str | None]] = {
    "domain": lambda text, _: domain(text),
    "email": lambda text, _: email(text),
    "country": lambda text, _: country(text),
    "phone": lambda text, place: phone(text, country=place),
    "region": lambda text, place: region(text, country=place),
    "postal_code": lambda text, place: postal_code(text, country=place),
}


class CompanyLike(Protocol):
    """A row of Company."""

    domain: str
    country: str


def facts_of(company: CompanyLike) -> dict[str, Any]:
    """What the row says, without empty ones; ranges as (least, most)."""
    facts = {name: getattr(company, name) for name in OFFERED if name not in RANGES}
    for name, columns in RANGES.items():
        ends = tuple(getattr(company, column) for column in columns)
        facts[name] = ends if ends != (None, None) else None
    return {name: value for name, value in facts.items() if value}


def read_fact(name: str, text: str, *, place: str | None) -> Any | None:
    """The text as the company keeps it, or None where it is none of this kind or too long.

    `place` is the country by which national numbers are read.
    """
    line = one_line(text)
    if not line:
        return None
    match name:
        case "employees":
            return employee_range(line)
        case "revenue":
            return revenue_range(line)
        case "founded_year":
            found = _YEAR.search(line)
            return int(found.group()) if found else None
        case "technologies":
            return _each_once(line.split(_LISTED))
    read = _READ[name](line, place) if name in _READ else line
    return read if read and len(read) <= LONGEST[name] else None


def columns_of(name: str, value: Any) -> dict[str, Any]:
    """The columns that hold a fact."""
    return dict(zip(RANGES[name], value, strict=True)) if name in RANGES else {name: value}


def shown(name: str, value: Any) -> str:
    """A fact as people read it; "" for none."""
    if not value:
        return ""
    if name in RANGES:
        return describe_range(*value, unit="$" if name == "revenue" else "")
    return _LISTED.join(map(str, value)) if isinstance(value, list) else str(value)


def is_same(name: str, current: Any, offered: Any) -> bool:
    """Whether two values say the same: nobody needs to choose between them. Nothing is never the same as something."""
    if not current:
        return False
    if name in RANGES:
        return _overlap(current, offered)
    if name == "technologies":
        return {folded(one) for one in offered} <= {folded(str(one)) for one in current}
    if name == "name":
        return name_key(str(current)) == name_key(str(offered))
    return _plain(current) == _plain(offered)


def with_more(current: Sequence[str], found: Sequence[str]) -> list[str]:
    """A list of names and those found, each once."""
    return _each_once([*current, *found])


def _each_once(names: Sequence[str]) -> list[str]:
    by_key: dict[str, str] = {}
    for name in names:
        if stripped := name.strip():
            by_key.setdefault(folded(stripped), stripped)
    return list(by_key.values())[:MOST_TECHNOLOGIES]


def _overlap(one: Sequence[int | None], other: Sequence[int | None]) -> bool:
    (low, high), (least, most) = one, other
    return (high is None or least is None or least <= high) and (most is None or low is None or low <= most)


def _plain(value: Any) -> str:
    text = folded(_WEB.sub("", str(value)))
    return "".join(char for char in text if char.isalnum())

"""Whether a value that a model gives is one of its field, and stands in the quote that it gives for it. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from prospects.companies.normalise.amount import employee_range, revenue_range
from prospects.companies.normalise.country import country
from prospects.companies.normalise.email import email
from prospects.companies.normalise.phone import phone
from prospects.companies.normalise.text import folded, one_line

LONGEST_QUOTE = 400
_DESCRIPTION = range(20, 401)
_LONGEST: Mapping[str, int] = {
    "name": 120, "legal_name": 160, "industry": 80, "street": 120, "city": 60, "region": 60, "postal_code": 12,
    "country": 60, "person": 60, "employees": 40, "location": 80, "ticker": 12, "technology": 40, "funding": 60,
    "revenue": 60, "registry_number": 40, "vat": 20, "email": 254, "phone": 40, "founded_year": 20,
}  # fmt: skip
MOST_WORDS = 14
# No name of anything is markup, an address or a formula.
_STRANGE = re.compile(r"[<>{}\[\]|\\`=*_~^]|https?:|www\.|javascript:|data:")
_PERSON = re.compile(r"[^\W\d_][\w.'\u2019-]*(?: [\w.'\u2019-]+){1,4}")
_TICKER = re.compile(r"(?:[A-Z]{2,8}: ?)?[A-Z0-9]{1,6}(?:\.[A-Z]{1,3})?")
_VAT = re.compile(r"[A-Z]{2,3} ?[A-Z0-9][A-Z0-9 .-]{4,15}")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_NO_DIGITS = re.compile(r"\D+")
_WORD = re.compile(r"[^\W_]+")


def grounded(field: str, value: str, *, quote: str, place: str | None, year: int) -> str | None:
    """The value as it is kept, or None where it isn't one or the quote doesn't say it.

    `place` is the country that national phone numbers are read by; `year` that of the page.
    """
    line = one_line(value)
    if field == "description":
        said = one_line(quote)
        return said if len(said) in _DESCRIPTION and _is_plain(said) else None
    if not line or len(line) > _LONGEST.get(field, 0):
        return None
    if field in _FORMS:
        return _FORMS[field](line, quote, {"place": place, "year": year})
    is_name = _is_plain(line) and len(line.split()) <= MOST_WORDS
    return line if is_name and stands_in(line, quote) else None


def stands_in(value: str, quote: str) -> bool:
    """Whether the value's words stand in the quote, one after the other."""
    words, among = _words(value), _words(quote)
    return bool(words.strip()) and words in among


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(folded(text)))} "


def _is_plain(text: str) -> bool:
    return not _STRANGE.search(text) and any(char.isalpha() for char in text)


def _email(line: str, quote: str, _: Mapping[str, Any]) -> str | None:
    found = email(line)
    return found if found and found in quote.lower() else None


def _phone(line: str, quote: str, at: Mapping[str, Any]) -> str | None:
    digits = _NO_DIGITS.sub("", line)
    return phone(line, country=at["place"]) if len(digits) > 5 and digits in _NO_DIGITS.sub("", quote) else None


def _country(line: str, quote: str, _: Mapping[str, Any]) -> str | None:
    return country(line) if stands_in(line, quote) else None


def _founded(line: str, quote: str, at: Mapping[str, Any]) -> str | None:
    found = _YEAR.fullmatch(line)
    return line if found and int(line) <= at["year"] and line in _YEAR.findall(quote) else None


def _person(line: str, quote: str, _: Mapping[str, Any]) -> str | None:
    return line if _PERSON.fullmatch(line) and stands_in(line, quote) else None


def _numbers(read: Callable[[str], object]) -> Callable[[str, str, Mapping[str, Any]], str | None]:
    def check(line: str, quote: str, _: Mapping[str, Any]) -> str | None:
        return line if stands_in(line, quote) and any(map(str.isdecimal, line)) and read(line) else None

    return check


def _matching(pattern: re.Pattern[str]) -> Callable[[str, str, Mapping[str, Any]], str | None]:
    def check(line: str, quote: str, _: Mapping[str, Any]) -> str | None:
        return line if pattern.fullmatch(line) and stands_in(line, quote) else None

    return check


_FORMS: Mapping[str, Callable[[str, str, Mapping[str, Any]], str | None]] = {
    "email": _email,
    "phone": _phone,
    "country": _country,
    "founded_year": _founded,
    "person": _person,
    "employees": _numbers(employee_range),
    "revenue": _numbers(revenue_range),
    "ticker": _matching(_TICKER),
    "vat": _matching(_VAT),
    "registry_number": _matching(re.compile(r"[^\W_][\w ./:-]*\d[\w ./:-]*")),
    "postal_code": _matching(re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 -]{1,11}")),
}

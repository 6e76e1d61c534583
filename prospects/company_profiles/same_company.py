"""Whether a site is the company's that was asked for: domain, phone, address, e-mail and name. Pure."""

from collections.abc import Callable, Iterator, Sequence

from rapidfuzz import fuzz

from prospects.companies.normalise.country import country
from prospects.companies.normalise.name import name_key
from prospects.companies.normalise.text import folded
from prospects.company_profiles.researched import Identity, KnownFacts
from prospects.extraction.found import Value

CONFIRMED_FROM, LIKELY_FROM, UNSURE_FROM = 60, 30, 1
_ALIKE, _UNLIKE = 90, 45
LONGEST = 300

Clue = tuple[int, str]


def same_company(asked: KnownFacts, values: Sequence[Value], *, site: str) -> Identity:
    """The verdict, why, and the points that it follows from.

    A domain that was given counts most, and alone where nothing else is known that the site could bear out. A site
    that was found for a name needs the name, and a phone, an address or a domain that goes with it, to be sure.
    """
    if not site:
        return Identity("unsure", "No site was found.")
    if asked.domain == site and not _has_more(asked):
        return Identity("confirmed", "The domain is all that was known.", CONFIRMED_FROM)
    clues = [clue for rule in _RULES for clue in rule(asked, values, site)]
    points = sum(weight for weight, _ in clues)
    return Identity(_verdict(points) if clues else "unsure", _sentence(clues), points)


def _has_more(asked: KnownFacts) -> bool:
    """Beside a domain; a company that only has one is called by it."""
    said = (asked.phones, asked.emails, asked.street, asked.postal_code, asked.city, asked.country)
    return any(said) or bool(_name(asked))


def _name(asked: KnownFacts) -> str:
    key = name_key(asked.name)
    return "" if not key or key == name_key(asked.domain) else key


def _verdict(points: int) -> str:
    if points >= CONFIRMED_FROM:
        return "confirmed"
    if points >= LIKELY_FROM:
        return "likely"
    return "unsure" if points >= UNSURE_FROM else "another"


def _sentence(clues: Sequence[Clue]) -> str:
    for_it = ", ".join(says for weight, says in clues if weight > 0)
    against = ", ".join(says for weight, says in clues if weight < 0)
    if not clues:
        return "Nothing on the site says whose it is."
    said = f"{for_it or 'nothing speaks for it'}; but {against}" if against else for_it
    return f"{said[:1].upper()}{said[1:]}."[:LONGEST]


def _domain(asked: KnownFacts, _values: Sequence[Value], site: str) -> Iterator[Clue]:
    if asked.domain and asked.domain == site:
        yield 50, "the domain is the company's"
    elif asked.domain:
        yield -10, f"the company's domain is {asked.domain}"


def _phones(asked: KnownFacts, values: Sequence[Value], _site: str) -> Iterator[Clue]:
    if set(asked.phones) & set(_said(values, "phone")):
        yield 40, "the phone is the same"


def _emails(asked: KnownFacts, values: Sequence[Value], site: str) -> Iterator[Clue]:
    known = {address.lower() for address in asked.emails}
    if known & {address.lower() for address in _said(values, "email")}:
        yield 30, "the e-mail address is the same"
    elif any(address.rpartition("@")[2] == site for address in known):
        yield 20, "its e-mail addresses are of this domain"


def _address(asked: KnownFacts, values: Sequence[Value], _site: str) -> Iterator[Clue]:
    if _has(values, "postal_code", asked.postal_code) and (
        _has(values, "city", asked.city) or _has(values, "street", asked.street)
    ):
        yield 30, "the address is the same"
    elif _has(values, "postal_code", asked.postal_code) or _has(values, "city", asked.city):
        yield 10, "the town is the same"
    countries = {country(text) for text in _places(values, "country")} - {None}
    if asked.country and countries and asked.country not in countries:
        yield -20, f"the country is {', '.join(sorted(filter(None, countries)))}, not {asked.country}"


def _names(asked: KnownFacts, values: Sequence[Value], site: str) -> Iterator[Clue]:
    wanted = _name(asked)
    if not wanted:
        return
    found = [name_key(name) for name in (*_said(values, "name"), *_said(values, "legal_name"))]
    likeness = max((fuzz.token_sort_ratio(wanted, name) for name in found), default=None)
    if wanted in found:
        yield 30, "the name is the same"
    elif likeness is not None and likeness >= _ALIKE:
        yield 20, "the name is much the same"
    in_label = _joined(wanted) == _joined(site.partition(".")[0])
    if in_label:
        yield 15, "the domain is the name"
    elif likeness is not None and likeness < _UNLIKE and not any(wanted in name or name in wanted for name in found):
        yield -20, "the site names another company"


Rule = Callable[[KnownFacts, Sequence[Value], str], Iterator[Clue]]
_RULES: tuple[Rule, ...] = (_domain, _phones, _emails, _address, _names)


def _said(values: Sequence[Value], name: str) -> list[str]:
    return [value.value for value in values if value.field == name]


def _places(values: Sequence[Value], name: str) -> list[str]:
    """Of the field itself, and as a part of addresses."""
    parts = [value.extra.get(name, "") for value in values if value.field in ("address", "location")]
    return [*_said(values, name), *filter(None, parts)]


def _has(values: Sequence[Value], name: str, known: str) -> bool:
    return bool(known) and _joined(known) in {_joined(text) for text in _places(values, name)}


def _joined(text: str) -> str:
    return "".join(char for char in folded(text) if char.isalnum())

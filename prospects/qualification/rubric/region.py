"""Is the company in one of the places? States, countries, and groups like "Midwest" or "DACH"; cities by name. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from prospects.icp.criteria import Criterion
from prospects.qualification.rubric.finding import Finding, any_of, met, unknown, unmet
from prospects.qualification.rubric.gazetteer import gazetteer
from prospects.qualification.rubric.reading import Reading
from prospects.qualification.rubric.words import fold

_ADDRESS_HEADERS = re.compile(r"location|headquarters|\bhq\b|address|based in", re.IGNORECASE)
# No name of a city: who is in the "Bay Area" or "Greater Boston" can't be told by the city's name.
_AREA = re.compile(r"\b(?:area|greater|metro|metropolitan|region|valley|county|coast|corridor|belt|triangle)\b")
_SHORT_CITIES = {"nyc": "new york", "sf": "san francisco"}
_POSTCODE = re.compile(r"\b\d[\d-]{3,}\b")


@dataclass(frozen=True, slots=True)
class Location:
    """Where a company is: an ISO country and subdivision code where they are known, and the city as written."""

    country: str = ""
    subdivision: str = ""
    city: str = ""


def judge_region(criterion: Criterion, reading: Reading) -> Finding:
    facts = reading.facts
    location = locate(city=facts.city, region=facts.region, country=facts.country)
    if location != Location():
        finding, fact = _judge(criterion.any_of, location)
        # A state alone implies its country, and then it is the state's cell that shows it.
        shown = (reading.on_fact(finding, name) for name in (fact, "region", "country"))
        return next((found for found in shown if found.quote), finding)
    for source, text in reading.texts.items():
        if source.startswith("file:") and _ADDRESS_HEADERS.search(source):
            finding, _ = _judge(criterion.any_of, parse_address(text))
            return reading.on_source(finding, source)
    return unknown("The file doesn't say where the company is.")


@lru_cache(maxsize=8192)
def locate(*, city: str, region: str, country: str) -> Location:
    """The location that three texts name; a state implies its country when that is missing."""
    known = gazetteer()
    code = known.country(country)
    subdivision = known.subdivision(region, country=code) if code else known.home_state(region)
    if region and not code and not subdivision:
        subdivision = known.foreign_state(region)
        code = "" if subdivision or len(region) < 4 else known.country(region)
    return Location(code or subdivision.partition("-")[0], subdivision, city.strip())


@lru_cache(maxsize=8192)
def parse_address(text: str) -> Location:
    """The end of an address, like "Chicago, IL, USA" or "Toronto, ON": a state where it can be one, else a country."""
    known = gazetteer()
    parts = [part for raw in text.split(",") if (part := _POSTCODE.sub("", raw).strip())] or [""]
    country = known.country(parts[-1])
    if country and len(parts) > 1 and known.subdivision(parts[-2], country=country):
        return locate(city=parts[-3] if len(parts) > 2 else "", region=parts[-2], country=country)
    if known.home_state(parts[-1]):
        return locate(city=parts[-2] if len(parts) > 1 else "", region=parts[-1], country="")
    if country:
        return Location(country, city=parts[-2] if len(parts) > 1 else "")
    return Location(city=parts[0])


@lru_cache(maxsize=8192)
def _judge(wanted: tuple[str, ...], location: Location) -> tuple[Finding, str]:
    """What a location says about the wanted places, and which fact says so: region, country or city."""
    judged = [_compare(text, codes, location) for text, codes in read_places(wanted)]
    finding = any_of(found for found, _ in judged)
    return next((found, fact) for found, fact in judged if found is finding)


def _compare(wanted: str, codes: frozenset[str], location: Location) -> tuple[Finding, str]:
    if location.subdivision in codes or location.country in codes:
        fact = "region" if location.subdivision in codes else "country"
        return met(0.97, f"It is in {_place_name(location, fact)}."), fact
    if _is_in_city(wanted, codes, location):
        return met(0.85, f"It is in {location.city}."), "city"
    if not codes:
        return _compare_city(wanted, location), "city"
    if not location.country:
        return unknown(f"The file names {location.city}, but no state or country."), "city"
    if location.country not in {code[:2] for code in codes}:
        return unmet(0.95, f"It is in {_place_name(location, 'country')}, not in {wanted}."), "country"
    if not location.subdivision:
        return unknown(f"The file doesn't say which state it is in, so {wanted} can't be judged."), "country"
    return unmet(0.95, f"It is in {_place_name(location, 'region')}, not in {wanted}."), "region"


def _compare_city(wanted: str, location: Location) -> Finding:
    if location.city and _AREA.search(fold(wanted)):
        return unknown(f"The rubric can't tell whether {location.city} is in {wanted}.")
    if location.city:
        return unmet(0.6, f"It is in {location.city}, not in {wanted}.")
    return unknown(f"The rubric knows no state or country “{wanted}”, and the file names no city.")


def _is_in_city(wanted: str, codes: frozenset[str], location: Location) -> bool:
    """By the name alone; where the name is a state's too ("New York"), only when the file names no other state."""
    if not location.city or _city_name(wanted) != _city_name(location.city):
        return False
    return not codes or not (location.subdivision or location.country not in {code[:2] for code in codes} | {""})


def _city_name(text: str) -> str:
    """ "New York City", "NYC" and "New York, NY" are New York."""
    name = fold(text).partition(",")[0].strip()
    return _SHORT_CITIES.get(name, name.removesuffix(" city"))


def _place_name(location: Location, fact: str) -> str:
    code = location.subdivision if fact == "region" else location.country
    return gazetteer().names.get(code, code)


@lru_cache(maxsize=512)
def read_places(wanted: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    """For each text the codes it means; none for what may be a city.

    Two letters alone are ambiguous (IL: Illinois or Israel). They are states if all of the list's two-letter entries
    can be, countries if all of those can be, and otherwise each a state first.
    """
    short = [text for text in wanted if len(text.strip()) == 2]
    are_countries = not all(map(gazetteer().home_state, short)) and all(map(gazetteer().country, short))
    return tuple((text, _codes(text, short_are_countries=are_countries)) for text in wanted)


def _codes(text: str, *, short_are_countries: bool) -> frozenset[str]:
    known = gazetteer()
    if known.group(text):
        return known.group(text)
    readings = [known.home_state(text), known.country(text), known.foreign_state(text)]
    if short_are_countries and len(text.strip()) == 2:
        readings = readings[1:]
    return frozenset([code for code in readings if code][:1])

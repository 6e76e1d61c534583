"""Names of countries, states and groups of them, as codes: "OH" → US-OH, "DACH" → DE, AT, CH. Pure.

A code is an ISO 3166-1 country ("US") or an ISO 3166-2 subdivision ("US-OH").
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pycountry

from prospects.qualification.rubric.words import fold

_FILE = Path(__file__).with_name("places.toml")
# What people write around the name of a group: "Southeast US", "United States (Midwest)", "Northeast region".
_WITHIN = re.compile(r"\b(?:united states|usa|us|region|area)\b|[(),\s]+")


@dataclass(frozen=True)
class Gazetteer:
    """By folded name. `subdivisions` leads to several where countries share a name."""

    groups: Mapping[str, frozenset[str]]
    countries: Mapping[str, str]
    subdivisions: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]

    def group(self, text: str) -> frozenset[str]:
        """The codes of a group like "Midwest" or "EU"; empty where there is none of that name."""
        name = _name(text)
        return self.groups.get(name) or self.groups.get(_WITHIN.sub(" ", name).strip(), frozenset())

    def country(self, text: str) -> str:
        """The code of a country by its name, alias or two- or three-letter code, or ""."""
        return self.countries.get(_name(text), "")

    def subdivision(self, text: str, *, country: str) -> str:
        """The code of a state or province of a country by its name or code, or ""."""
        return next((code for code in self.subdivisions.get(_name(text), ()) if code.startswith(f"{country}-")), "")

    def home_state(self, text: str) -> str:
        """A state of the United States or a province of Canada, which are written without their country, or ""."""
        return self.subdivision(text, country="US") or self.subdivision(text, country="CA")

    def foreign_state(self, text: str) -> str:
        """A state or province of another country by a name that only one country knows, or ""."""
        candidates = self.subdivisions.get(_name(text), ())
        return candidates[0] if len(candidates) == 1 and len(text.strip()) > 3 else ""


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    stated = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    groups = {name: frozenset(_members(name, stated["groups"])) for name in stated["groups"]}
    groups["worldwide"] = frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}
    groups |= {_name(alias): groups[name] for alias, name in stated["group_aliases"].items()}
    countries: dict[str, str] = {}
    names: dict[str, str] = {"XK": "Kosovo"}
    for country in pycountry.countries:
        names[country.alpha_2] = getattr(country, "common_name", country.name)
        official = getattr(country, "official_name", country.name)
        for known in (country.name, names[country.alpha_2], official, country.alpha_3):
            countries.setdefault(_name(known), country.alpha_2)
        countries[_name(country.alpha_2)] = country.alpha_2
    countries |= {_name(alias): code for code, aliases in stated["countries"].items() for alias in aliases}
    subdivisions, subdivision_names = _subdivisions(stated["subdivisions"])
    return Gazetteer(groups, countries, subdivisions, names | subdivision_names)


def _members(name: str, groups: Mapping[str, list[str]]) -> Iterable[str]:
    for member in groups[name]:
        if member.startswith("@"):
            yield from _members(member[1:], groups)
        else:
            yield member


def _subdivisions(aliases: Mapping[str, list[str]]) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    found: dict[str, list[str]] = {}
    names = {}
    for entry in pycountry.subdivisions:
        names[entry.code] = entry.name
        local = entry.code.partition("-")[2]
        written = [entry.name, entry.code, *aliases.get(entry.code, ())]
        # "Bayern" and "BY" within Germany; a bare number or a code is only looked up with its country.
        for known in dict.fromkeys(map(_name, [*written, local])):
            if entry.code not in found.setdefault(known, []):
                found[known].append(entry.code)
    return {name: tuple(codes) for name, codes in found.items()}, names


def _name(text: str) -> str:
    return " ".join(fold(text).replace(".", "").replace("&", " and ").removeprefix("the ").split())

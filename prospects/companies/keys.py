"""What makes two rows the same company.

From strongest to weakest: registry number, registrable domain, name + place, phone. The strongest key that is known
decides. A weaker key never unites what a stronger one tells apart: two companies with different domains that share
a switchboard stay two. A key stays with the company that had it first.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from prospects.companies.normalise.domain import SHARED_HOSTS, is_shared
from prospects.companies.normalise.text import folded

REGISTRY, DOMAIN, NAME_PLACE, PHONE = "registry", "domain", "name_place", "phone"
STRENGTH = (REGISTRY, DOMAIN, NAME_PLACE, PHONE)
LONGEST = 500
# What says where a company is.
_PLACE = ("city", "postal_code", "country")
_COUNTRY = 2
LABELS = {REGISTRY: "registry number", DOMAIN: "domain", NAME_PLACE: "name and place", PHONE: "phone"}


def company_keys(facts: Mapping[str, Any], *, name_key: str) -> dict[str, str]:
    """{kind: "kind:value"}, strongest first. Shared hosts are no keys; a bare name is one only where there is nothing
    else."""
    keys: dict[str, str] = {}
    if number := facts.get("registry_number"):
        keys[REGISTRY] = _registry_key(number, facts.get("country", ""))
    domain = facts.get("domain")
    if domain and not is_shared(domain):
        keys[DOMAIN] = f"domain:{domain}"
    phone = facts.get("phone")
    place = _place(facts) if name_key else ""
    if place or (name_key and not keys and not phone):
        keys[NAME_PLACE] = _key(NAME_PLACE, f"{name_key}|{place}")
    if phone:
        keys[PHONE] = f"phone:{phone}"
    return keys


def keys_by_columns(facts: Mapping[str, Sequence[Any]], name_keys: Sequence[str]) -> list[tuple[str, ...]]:
    """The keys of many companies, strongest first, whose facts stand in columns: silent ones empty or None."""
    silent = ("",) * len(name_keys)
    of = {name: facts.get(name, silent) for name in ("registry_number", "domain", "phone", *_PLACE)}
    places = list(zip(*(of[name] for name in _PLACE), strict=True))
    written = {place: _place(dict(zip(_PLACE, place, strict=True))) for place in set(places)}
    rows = zip(of["registry_number"], of["domain"], of["phone"], name_keys, places, strict=True)
    found = []
    for number, domain, phone, name_key, place in rows:
        keys = [_registry_key(number, place[_COUNTRY])] if number else []
        if domain and domain not in SHARED_HOSTS:
            keys.append(f"domain:{domain}")
        if name_key and (written[place] or not (keys or phone)):
            keys.append(_key(NAME_PLACE, f"{name_key}|{written[place]}"))
        if phone:
            keys.append(f"phone:{phone}")
        found.append(tuple(keys))
    return found


def _registry_key(number: str, country: str) -> str:
    return _key(REGISTRY, f"{country}:{_alphanumeric(number)}")


def _key(kind: str, value: str) -> str:
    """Folding makes up to eighteen letters of one: what would be too long to keep stands by its hash."""
    return f"{kind}:{value}" if len(value) <= LONGEST else f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"


def _place(facts: Mapping[str, Any]) -> str:
    """City and country, or the postal code where there is no city; empty for less than that."""
    town = facts.get("city") or facts.get("postal_code")
    return f"{_folded_town(town)},{facts.get('country', '').lower()}" if town else ""


@lru_cache(maxsize=4096)
def _folded_town(town: str) -> str:
    return folded(town)


def _alphanumeric(number: str) -> str:
    return "".join(char for char in number if char.isalnum()).upper()

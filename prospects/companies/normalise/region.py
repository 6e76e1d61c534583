"""States and provinces as ISO 3166-2 codes."""

from functools import lru_cache

import pycountry

from prospects.companies.normalise.text import folded, one_line

# Where a state's name alone says which country is meant, in the order of who writes so.
_GUESSED = ("US", "CA", "AU", "DE")


def region(text: str, *, country: str | None) -> str | None:
    """The ISO 3166-2 code of a state or province: ("Illinois", US) → "US-IL"; as written where ISO knows none.

    Without a country, names and codes of US states, then of Canada, Australia and Germany are tried.
    """
    written = one_line(text)
    if not written:
        return None
    return (_code(folded(written).strip("."), country or "") if len(written) <= 100 else None) or written


def country_of(code: str) -> str | None:
    """The country in an ISO 3166-2 code, or None for other text: "US-IL" → "US"."""
    return code[:2] if len(code) >= 4 and code[2] == "-" and code[:2].isupper() else None


@lru_cache(maxsize=8192)
def _code(key: str, country: str) -> str | None:
    if country:
        return _regions(country).get(key)
    return next((code for guess in _GUESSED if (code := _regions(guess).get(key))), None)


@lru_cache(maxsize=300)
def _regions(country: str) -> dict[str, str]:
    entries = pycountry.subdivisions.get(country_code=country) or ()  # type: ignore[no-untyped-call]  # it has no types
    regions: dict[str, str] = {}
    # Of two of one name (Cantabria the community, and its only province) the larger is meant. They come as a set.
    for entry in sorted(entries, key=lambda one: (one.parent_code is not None, one.code)):
        short = entry.code.partition("-")[2]
        for spelling in (entry.name, entry.name.partition("(")[0], short, entry.code):
            regions.setdefault(folded(spelling).strip(), entry.code)
    return regions

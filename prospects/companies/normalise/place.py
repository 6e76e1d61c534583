"""A place written in one cell, "Chicago, Illinois, United States", taken apart."""

import re
from dataclasses import dataclass

from prospects.companies.normalise.country import country
from prospects.companies.normalise.region import country_of, region
from prospects.companies.normalise.text import one_line

_ZIP = re.compile(r"(?<=[A-Z]{2}) \d{5}(?:-\d{4})?$")


@dataclass(frozen=True, slots=True)
class Place:
    """Parts that were found; empty where the text is silent."""

    city: str = ""
    region: str = ""
    country: str = ""


def place(text: str) -> Place:
    """City, region and country of a comma-separated place, read from its end."""
    parts = [part for part in (one_line(piece) for piece in text.replace(";", ",").split(",")) if part]
    if not parts:
        return Place()
    parts[-1] = _ZIP.sub("", parts[-1])
    code = country(parts[-1]) if not _is_us_state(parts) else None
    if code:
        parts = parts[:-1]
    if len(parts) < 2:
        return Place(city="".join(parts), country=code or "")
    state = region(parts[-1], country=code) or ""
    is_known = country_of(state)
    if not code and not is_known:
        return Place(city=parts[-1])
    return Place(city=parts[-2], region=state, country=code or is_known or "")


def _is_us_state(parts: list[str]) -> bool:
    """ "Chicago, IL" is Illinois, not Israel: two capitals after one city are a state where there is such a state."""
    last = parts[-1]
    return len(parts) == 2 and len(last) == 2 and last.isupper() and region(last, country="US") != last

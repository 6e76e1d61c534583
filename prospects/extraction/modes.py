"""Modes of research: presets of fields, pages and time. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from prospects.extraction.fields import ALL_FIELDS

_PLACE = frozenset({"address", "street", "city", "region", "postal_code", "country"})
_BASIC = frozenset({"name", "legal_name", "description", "email", "phone", "social", "language"}) | _PLACE
_STANDARD = _BASIC | {"industry", "person", "founded_year", "employees", "technology", "registry_number", "vat"}
_CONTACT = frozenset({"name", "legal_name", "email", "phone", "social", "person", "location", "language"}) | _PLACE
_FINANCIAL = frozenset(
    {"name", "legal_name", "description", "industry", "country", "language", "founded_year", "employees"}
    | {"ticker", "funding", "revenue", "registry_number", "vat"}
)


@dataclass(frozen=True, slots=True)
class Mode:
    """A site is left as soon as every field of `needed` has a value; where it is empty, at the caps."""

    name: str
    fields: frozenset[str]
    needed: frozenset[str]
    most_pages: int
    most_s: float
    uses_llm: bool = True


_ALL = (
    Mode("basic", _BASIC, frozenset({"name", "description", "email", "phone"}), 3, 10, uses_llm=False),
    Mode(
        "standard",
        _STANDARD,
        frozenset({"name", "description", "email", "phone", "city", "country", "person"}),
        8,
        30,
    ),
    Mode("comprehensive", ALL_FIELDS, frozenset(), 25, 120),
    Mode("contact_focused", _CONTACT, frozenset({"email", "phone", "city", "country", "social", "person"}), 8, 30),
    Mode(
        "financial_focused",
        _FINANCIAL,
        frozenset({"legal_name", "founded_year", "employees", "revenue", "funding"}),
        10,
        45,
    ),
)
MODES: Mapping[str, Mode] = MappingProxyType({mode.name: mode for mode in _ALL})
DEFAULT_MODE = "standard"

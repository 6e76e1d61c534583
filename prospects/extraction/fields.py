"""What is extracted of companies: the fields, and how each is kept. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# A social profile's `extra` names its platform; these have a column of their own.
SOCIAL_COLUMNS: Mapping[str, str] = MappingProxyType({"linkedin": "linkedin_url"})


@dataclass(frozen=True, slots=True)
class Field:
    """`is_many`: a company has several. `column` is the company's fact that the best value is merged into.

    `weight` is what the field counts in completeness, among those that were asked for.
    """

    name: str
    title: str
    weight: int
    column: str | None = None
    is_many: bool = False


_ALL = (
    Field("name", "Name", 8, "name"),
    Field("legal_name", "Legal name", 5),
    Field("description", "Description", 8, "description"),
    Field("industry", "Industry", 8, "industry"),
    Field("email", "E-mail", 10, "email", is_many=True),
    Field("phone", "Phone", 10, "phone", is_many=True),
    Field("address", "Address", 6, is_many=True),
    Field("street", "Street", 2, "street"),
    Field("city", "City", 4, "city"),
    Field("region", "Region", 2, "region"),
    Field("postal_code", "Postal code", 2, "postal_code"),
    Field("country", "Country", 6, "country"),
    Field("social", "Social profile", 6, is_many=True),
    Field("person", "Person", 8, is_many=True),
    Field("founded_year", "Founded", 4, "founded_year"),
    Field("employees", "Employees", 6, "employees"),
    Field("location", "Location", 2, is_many=True),
    Field("ticker", "Ticker", 1),
    Field("technology", "Technology", 3, "technologies", is_many=True),
    Field("funding", "Funding", 2, "funding"),
    Field("revenue", "Revenue", 3, "revenue"),
    Field("language", "Language", 1),
    Field("registry_number", "Registry number", 2, "registry_number"),
    Field("vat", "VAT number", 1),
)
FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _ALL})
ALL_FIELDS = frozenset(FIELDS)

"""What a person types about a company, or somebody there, brought to the form in which files are kept: pure."""

from collections.abc import Callable, Mapping
from typing import Any

from prospects.companies.errors import UnreadableValue
from prospects.companies.normalise.country import country
from prospects.companies.normalise.email import email
from prospects.companies.normalise.phone import phone
from prospects.companies.normalise.postal import postal_code
from prospects.companies.normalise.region import region

_READ: Mapping[str, Callable[[str, str | None], str | None]] = {
    "country": lambda text, _: country(text),
    "region": lambda text, place: region(text, country=place),
    "postal_code": lambda text, place: postal_code(text, country=place),
    "phone": lambda text, place: phone(text, country=place),
    "email": lambda text, _: email(text),
    "person_phone": lambda text, place: phone(text, country=place),
    "person_email": lambda text, _: email(text),
}
NAMES = {
    "country": "country",
    "phone": "phone number",
    "email": "e-mail address",
    "person_phone": "phone number",
    "person_email": "e-mail address",
}


def read_typed(values: Mapping[str, Any], *, country_code: str | None) -> dict[str, Any]:
    """`values` with places, phones and addresses normalised; an empty one empties its field, the rest is as typed.

    `country_code` is where the company is unless `values` say so. Raises UnreadableValue.
    """
    read = dict(values)
    place = country_code
    # In the order of the rules: what the country is decides how a phone is read.
    for name, rule in _READ.items():
        if text := str(read.get(name) or "").strip():
            found = rule(text, place)
            if found is None:
                raise UnreadableValue(field=name, name=NAMES[name], text=text)
            read[name] = found
        if name == "country":
            place = read.get(name) or place
    return read

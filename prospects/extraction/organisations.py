"""What markup says of the page's own organisation, property by property. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from prospects.companies.normalise.country import country as country_code
from prospects.companies.normalise.region import region as region_code
from prospects.extraction.addresses import Address, address_of
from prospects.extraction.emails import found_email
from prospects.extraction.entities import Entity, listed, worded
from prospects.extraction.found import Found
from prospects.extraction.names import without_form
from prospects.extraction.person_names import bare_name
from prospects.extraction.phones import found_phone
from prospects.extraction.reading import Reading
from prospects.extraction.registers import as_vat
from prospects.extraction.socials import found_social

_CONFIDENCE = {"json_ld": 95, "microdata": 92, "rdfa": 92}
_YEAR = re.compile(r"\b(1[6-9]\d\d|20\d\d)\b")
_PLAIN = {
    "legalName": "legal_name", "description": "description", "industry": "industry", "tickerSymbol": "ticker",
}  # fmt: skip
_PLACES = ("location", "department", "branch")
_ROLES = {"founder": "Founder", "founders": "Founder", "ceo": "CEO"}


def from_organisation(reading: Reading, entity: Entity, country: str) -> Iterator[Found]:
    """All but its addresses, which say what `country` is."""
    yield from _plain(reading, entity)
    yield from _contacts(reading, entity, country)
    yield from _numbers(reading, entity)
    for name in _PLACES:
        for place in listed(entity.properties.get(name))[:50]:
            yield from _location(reading, entity, place)


def from_person(reading: Reading, entity: Entity, country: str) -> Iterator[Found]:
    name = bare_name(entity.text("name") or f"{entity.text('givenName')} {entity.text('familyName')}")
    if not name:
        return
    span = reading.locate(entity.text("name"), entity.span)
    extra = {"title": entity.text("jobTitle") or _ROLES.get(entity.role, "")}
    address = found_email(reading, entity.text("email"), span)
    number = found_phone(entity.text("telephone"), country, span, confidence=80, method=entity.method)
    extra |= {"email": address.value} if address else {}
    extra |= {"phone": number.value} if number else {}
    yield _found(entity, "person", name, span, extra={key: text for key, text in extra.items() if text})


def addresses_of(reading: Reading, entity: Entity) -> Iterator[Address]:
    for written in listed(entity.properties.get("address"))[:20]:
        if isinstance(written, Mapping) and (address := _address(reading, entity, written)):
            yield address


def _plain(reading: Reading, entity: Entity) -> Iterator[Found]:
    for name, field in _PLAIN.items():
        if text := entity.text(name):
            yield _said(reading, entity, field, text)
    if (name := entity.text("name")) and "//" not in name:
        bare = without_form(name)
        yield _said(reading, entity, "name", name, value=bare)
        if bare != name:
            yield _found(entity, "legal_name", name, reading.locate(name, entity.span), less=5)


def _contacts(reading: Reading, entity: Entity, country: str) -> Iterator[Found]:
    points = [point for name in ("contactPoint", "contactPoints") for point in listed(entity.properties.get(name))]
    for node in (entity.properties, *(point for point in points[:20] if isinstance(point, Mapping))):
        for address in listed(node.get("email")):
            written = worded(address).removeprefix("mailto:")
            if found := found_email(reading, written, reading.locate(written, entity.span), method=entity.method):
                yield found
        if "fax" not in worded(node.get("contactType")).lower():
            for number in listed(node.get("telephone")):
                yield from _phone(reading, entity, worded(number), country)
    for profile in listed(entity.properties.get("sameAs"))[:50]:
        written = worded(profile)
        span = reading.locate(written, entity.span)
        if found := found_social(written, span, confidence=_CONFIDENCE[entity.method], method=entity.method):
            yield found


def _phone(reading: Reading, entity: Entity, written: str, country: str) -> Iterator[Found]:
    said = written.removeprefix("tel:")
    span = reading.locate(said, entity.span)
    if found := found_phone(said, country, span, confidence=_CONFIDENCE[entity.method], method=entity.method):
        yield found


def _numbers(reading: Reading, entity: Entity) -> Iterator[Found]:
    founded = entity.text("foundingDate")
    if year := _YEAR.search(founded):
        yield _said(reading, entity, "founded_year", founded, value=year[1])
    if employees := _employees(entity.properties.get("numberOfEmployees")):
        yield _found(entity, "employees", employees, _near(reading, entity, "numberOfEmployees"))
    for name in ("vatID", "taxID"):
        if (written := entity.text(name)) and (number := as_vat(written)):
            yield _said(reading, entity, "vat", written, value=number)


def _employees(value: Any) -> str:
    """ "51-200", "120", "200+"; "" where it says no number."""
    if isinstance(value, Mapping):
        least, most = value.get("minValue"), value.get("maxValue")
        if least is not None and most is not None:
            return f"{least}-{most}"
        value = f"{least}+" if least is not None else value.get("value")
    text = worded(value)
    return text if re.fullmatch(r"\d[\d.,]{0,9}(?:\s?[-\u2013]\s?\d[\d.,]{0,9}|\+)?", text) else ""


def _near(reading: Reading, entity: Entity, name: str) -> tuple[int, int]:
    """From a property's name on: what is an object has no quote that is only its value."""
    start, end = reading.locate(name, entity.span)
    return (start, min(end + 80, entity.span[1])) if (start, end) != entity.span else entity.span


def _address(reading: Reading, entity: Entity, written: Mapping[str, Any]) -> Address | None:
    parts = {
        name: ", ".join(text for each in listed(written.get(key)) if (text := worded(each)))
        for name, key in (
            ("street", "streetAddress"), ("postal_code", "postalCode"), ("city", "addressLocality"),
            ("region", "addressRegion"), ("country", "addressCountry"),
        )
    }  # fmt: skip
    code = country_code(parts["country"]) or ""
    spans = {name: reading.locate(text, entity.span) for name, text in parts.items() if text}
    parts |= {"country": code, "region": region_code(parts["region"], country=code or None) or ""}
    return address_of(parts, spans, entity.span, confidence=_CONFIDENCE[entity.method], method=entity.method)


def _location(reading: Reading, entity: Entity, place: Any) -> Iterator[Found]:
    written = place.get("address") if isinstance(place, Mapping) else None
    if isinstance(written, Mapping) and (address := _address(reading, entity, written)) and address.city:
        yield address.as_location()


def _said(reading: Reading, entity: Entity, field: str, written: str, *, value: str = "") -> Found:
    return _found(entity, field, value or written, reading.locate(written, entity.span))


def _found(
    entity: Entity,
    field: str,
    value: str,
    span: tuple[int, int],
    *,
    less: int = 0,
    extra: Mapping[str, str] | None = None,
) -> Found:
    return Found(field, value, _CONFIDENCE[entity.method] - less, entity.method, *span, extra=extra or {})

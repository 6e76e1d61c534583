"""Further places of a company: the towns of its other addresses, and those that a sentence lists. Pure."""

import re
from collections.abc import Iterator, Sequence

from prospects.companies.normalise.country import country
from prospects.extraction.addresses import Address
from prospects.extraction.anchors import places
from prospects.extraction.found import Found
from prospects.extraction.reading import Reading

_UPPER = "A-ZÀ-ÖØ-ÞĀ-Ž"
_TOWN = rf"[{_UPPER}][^\W\d_]+(?:[ -](?:(?:am|an|der|de|del|do|da|la|le|sur|aan|den)[ -])?[{_UPPER}][^\W\d_]+){{0,2}}"
_OFFICES = re.compile(
    rf"\b(?:offices?|branches|locations|sites|showrooms?|warehouses?|factories|plants|hubs|niederlassungen"
    rf"|standorte?|büros|filialen|werke|bureaux|agences|implantations|usines|sites de production|oficinas"
    rf"|delegaciones|sedes|plantas|fábricas|sedi|filiali|uffici|stabilimenti|vestigingen|kantoren|kontor|filialer"
    rf"|fabriker|fabrikker|biura|oddziały|pobočky|toimipisteet|escritórios|filiais)"
    rf"[^.\n:]{{0,20}}?(?:,? (?:in|à|en|em|a|te|i|we?|w|ve|v|zu|across)[: ]|: )(?P<towns>{_TOWN}(?:(?:, | (?:and"
    rf"|und|et|y|e|en|og|och|i|a|ja|&) |,? (?:and|und|et|y) ){_TOWN}){{1,12}})",
    re.IGNORECASE,
)
_CITY_STATES = ("Singapore", "Singapur", "Singapour", "Luxembourg", "Luxemburg", "Monaco", "Hong Kong")
_JOINT = re.compile(r",? (?:and|und|et|y|e|en|og|och|i|a|ja|&) |, ")

_OFFICE_WORDS = frozenset(
    """
    office offices branch branches locations sites showroom showrooms warehouse warehouses factory factories plants
    hubs niederlassungen standort standorte büros filialen werke bureaux agences implantations usines oficinas
    delegaciones sedes plantas fábricas sedi filiali uffici stabilimenti vestigingen kantoren kontor filialer
    fabriker fabrikker biura oddziały pobočky toimipisteet escritórios filiais
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)


def locations(reading: Reading, known: Sequence[Address]) -> Iterator[Found]:
    """`known` are the page's addresses: where there are several towns, each is a location."""
    towns = {address.city for address in known if address.city}
    if len(towns) > 1:
        yield from (address.as_location() for address in known if address.city and "city" in address.spans)
    for at in places(reading, _OFFICE_WORDS):
        match = _OFFICES.match(reading.visible, at)
        if match and not reading.is_foreign(match.start()):
            yield from _listed(match)


def _listed(match: re.Match[str]) -> Iterator[Found]:
    at = match.start("towns")
    text = match["towns"]
    begin = 0
    for gap in [*_JOINT.finditer(text), None]:
        end = gap.start() if gap else len(text)
        town = text[begin:end]
        # The list is found whatever its letters' case; a town begins with a capital, and isn't a country.
        if town[:1].isupper() and (town in _CITY_STATES or not country(town)):
            yield Found("location", town, 76, "text", at + begin, at + end, extra={"city": town})
        begin = gap.end() if gap else end

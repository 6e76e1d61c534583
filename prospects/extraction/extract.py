"""What one page says of its company. Pure: the same page and question always give the same."""

from collections.abc import Iterable, Iterator, Sequence

from prospects.companies.normalise.domain import country_of
from prospects.extraction.addresses import Address, addresses
from prospects.extraction.describing import descriptions, industries, language
from prospects.extraction.emails import emails
from prospects.extraction.entities import Entity, entities
from prospects.extraction.fields import FIELDS
from prospects.extraction.found import Asked, Found
from prospects.extraction.founding import founded
from prospects.extraction.heads import employees
from prospects.extraction.keys import value_key
from prospects.extraction.locations import locations
from prospects.extraction.money import funding, revenue
from prospects.extraction.names import legal_names, names
from prospects.extraction.organisations import addresses_of, from_organisation, from_person
from prospects.extraction.people import people
from prospects.extraction.phones import phones
from prospects.extraction.reading import Reading, read
from prospects.extraction.registers import registers, tickers
from prospects.extraction.socials import socials
from prospects.extraction.technologies import technologies
from prospects.pages.parsed import ParsedPage

# What is less likely than not is no value.
LEAST_CONFIDENCE = 50
_PLACE = frozenset({"address", "street", "city", "region", "postal_code", "country", "location"})
_SIMPLE = (
    ({"email"}, emails), ({"social"}, socials), ({"person"}, people), ({"founded_year"}, founded),
    ({"employees"}, employees), ({"revenue"}, revenue), ({"funding"}, funding), ({"ticker"}, tickers),
    ({"vat", "registry_number"}, registers), ({"technology"}, technologies), ({"description"}, descriptions),
    ({"industry"}, industries), ({"language"}, language),
)  # fmt: skip
# Of a language that is one country's own, its numbers are that country's.
_LANGUAGES = {
    "de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "pl": "PL", "sv": "SE", "da": "DK", "nb": "NO",
    "no": "NO", "fi": "FI", "cs": "CZ", "sk": "SK", "hu": "HU", "ja": "JP", "ko": "KR", "tr": "TR", "el": "GR",
    "ro": "RO",
}  # fmt: skip


def extract(page: ParsedPage, asked: Asked) -> list[Found]:
    """The values of `asked.fields` that are likelier than not, the surest first, each once.

    A field that a company has once has one value. Every `text[start:end]` of the document is its quote.
    """
    reading = read(page, asked)
    said = list(entities(reading))
    found = [*_placed(reading, said, asked.fields), *_simple(reading, asked.fields)]
    wanted = (each for each in found if each.field in asked.fields and each.confidence >= LEAST_CONFIDENCE)
    length = len(reading.text)
    return _once([each for each in wanted if each.value and 0 <= each.start < each.end <= length])


def _simple(reading: Reading, fields: frozenset[str]) -> Iterator[Found]:
    for names_of, rule in _SIMPLE:
        if names_of & fields:
            yield from rule(reading)
    if fields & {"name", "legal_name"}:
        legal = legal_names(reading)
        yield from legal[:1]
        yield from names(reading, legal)


def _placed(reading: Reading, said: Sequence[Entity], fields: frozenset[str]) -> Iterator[Found]:
    """What needs to know in which country the page is at home, and what markup says."""
    told = [address for entity in said if entity.kind == "Organization" for address in addresses_of(reading, entity)]
    hint = _country(reading, told)
    written = list(addresses(reading, hint)) if fields & (_PLACE | {"phone"}) else []
    country = _country(reading, [*told, *written])
    yield from _addressed(reading, told, written)
    if "phone" in fields:
        yield from phones(reading, country)
    for entity in said:
        yield from (from_person if entity.kind == "Person" else from_organisation)(reading, entity, country)
    for address in told:
        yield from address.found()


def _addressed(reading: Reading, told: Sequence[Address], written: Sequence[Address]) -> Iterator[Found]:
    """Each address; the parts of the first, since a street of one and a town of another are no address."""
    for address in written:
        yield next(address.found())
    # The first of the surest: an address that names its country is its company's own rather than one in a sentence.
    best = max((*told, *written), key=lambda address: address.confidence, default=None)
    if best:
        yield from best.found()
    yield from locations(reading, [*told, *written])


def _country(reading: Reading, told: Sequence[Address]) -> str:
    """Asked for, told by an address, by the domain, or by a language that one country speaks; "" where it is open."""
    by_address = next((address.country for address in told if address.country), "")
    by_domain = country_of(reading.site) if reading.site else None
    locale = reading.appendix.metas.get("og:locale")
    by_locale = locale.text[-2:] if locale and len(locale.text) == 5 and locale.text[-2:].isupper() else ""
    by_language = _LANGUAGES.get(reading.document.language.partition("-")[0], "")
    return by_address or reading.asked.country or by_domain or by_locale or by_language


def _once(found: Iterable[Found]) -> list[Found]:
    """The surest of each value; of a field that a company has once, the surest value."""
    kept: dict[tuple[str, str], Found] = {}
    for each in sorted(found, key=lambda each: (-each.confidence, each.start)):
        one = "" if not FIELDS[each.field].is_many else value_key(each.field, each.value)
        kept.setdefault((each.field, one), each)
    return list(kept.values())

"""A site's pages taken together."""

from datetime import UTC, datetime
from itertools import permutations
from uuid import UUID

from prospects.extraction.consolidate import consolidate
from prospects.extraction.found import Asked, Found
from prospects.extraction.keys import value_key

AT = datetime(2026, 1, 1, tzinfo=UTC)
ASKED = Asked(domain="acme.de")
HOME, ABOUT, CONTACT = ((f"https://acme.de/{name}", UUID(int=n), AT) for n, name in enumerate(("", "about", "contact")))


def said(field: str, value: str, confidence: int = 80, **extra: str) -> Found:
    return Found(field, value, confidence, "text", 0, 4, extra)


def test_pages_that_agree_make_a_value_surer() -> None:
    found = [(*HOME, said("city", "Köln")), (*ABOUT, said("city", "Koln")), (*CONTACT, said("city", "Bonn", 82))]

    first, second = consolidate(found, ASKED)

    assert (first.value, first.confidence, first.rank) == ("Köln", 83, 0)
    assert (second.value, second.confidence, second.rank) == ("Bonn", 82, 1)


def test_the_same_text_at_two_addresses_agrees_with_itself_only() -> None:
    again = ("https://acme.de/index", HOME[1], AT)

    (value,) = consolidate([(*HOME, said("phone", "+4930901820")), (*again, said("phone", "+4930901820"))], ASKED)

    assert value.confidence == 80


def test_no_value_is_certain() -> None:
    pages = [(f"https://acme.de/{n}", UUID(int=n), AT, said("email", "info@acme.de", 98)) for n in range(20)]

    (value,) = consolidate(pages, ASKED)

    assert value.confidence == 99


def test_the_order_of_pages_changes_nothing() -> None:
    found = [
        (*HOME, said("email", "a@acme.de")),
        (*ABOUT, said("email", "b@acme.de")),
        (*CONTACT, said("email", "a@acme.de", 90)),
    ]

    assert len({tuple(map(repr, consolidate(order, ASKED))) for order in permutations(found)}) == 1


def test_the_parts_of_the_best_address_stay_together() -> None:
    berlin = {"street": "Hauptstraße 5", "city": "Berlin"}
    found = [
        (*HOME, said("address", "Hauptstraße 5, Berlin", 90, **berlin)),
        (*HOME, said("street", "Hauptstraße 5", 75)),
        (*ABOUT, said("street", "Nebenstraße 1", 88)),
    ]

    streets = [value.value for value in consolidate(found, ASKED) if value.field == "street"]

    assert streets == ["Hauptstraße 5", "Nebenstraße 1"]


def test_what_pages_say_of_a_person_comes_together() -> None:
    found = [
        (*HOME, said("person", "Anna Berg", title="CEO")),
        (*ABOUT, said("person", "Anna Berg", 70, email="a@acme.de")),
    ]

    (person,) = consolidate(found, ASKED)

    assert person.extra == {"title": "CEO", "email": "a@acme.de"}


def test_fields_nobody_asked_for_are_left_out() -> None:
    asked = Asked(domain="acme.de", fields=frozenset({"email"}))

    assert consolidate([(*HOME, said("phone", "+4930901820"))], asked) == []


def test_a_key_fits_its_column() -> None:
    assert value_key("legal_name", "Acme, Inc.") == value_key("legal_name", "ACME Inc")
    assert len(value_key("description", "x" * 500)) == 64
    assert value_key("name", "!!!") == "!!!"


def test_a_mailbox_for_anybody_comes_before_a_persons_own() -> None:
    found = [
        (*HOME, said("email", "eva.berg@acme.de", 95)),
        (*ABOUT, said("email", "eva.berg@acme.de", 95)),
        (*CONTACT, said("email", "info@acme.de", 95)),
        (*ABOUT, said("email", "info@agency.de", 70)),
    ]

    values = [value.value for value in consolidate(found, ASKED)]

    assert values == ["info@acme.de", "eva.berg@acme.de", "info@agency.de"]

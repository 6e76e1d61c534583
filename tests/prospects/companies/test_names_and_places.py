"""Name keys, countries, states, places, postal codes, e-mail addresses."""

import pytest

from prospects.companies.normalise.country import country
from prospects.companies.normalise.email import email
from prospects.companies.normalise.name import name_key
from prospects.companies.normalise.place import Place, place
from prospects.companies.normalise.postal import postal_code
from prospects.companies.normalise.region import region


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Acme Foods Co., Ltd.", "acme foods"),
        ("ACME FOODS", "acme foods"),
        ("Müller GmbH & Co. KG", "muller"),
        ("Société Générale S.A.", "societe generale"),
        ("S.A.P. AG", "sap"),
        ("Company", "company"),
        ("株式会社", "株式会社"),
    ],
)
def test_spellings_of_a_name_meet(name: str, key: str):
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("text", "code"),
    [("Deutschland", "DE"), ("U.S.A.", "US"), ("gbr", "GB"), ("fr", "FR"), ("Côte d'Ivoire", "CI"), ("Atlantis", None)],
)
def test_countries(text: str, code: str | None):
    assert country(text) == code


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("Illinois", "US", "US-IL"),
        ("il", None, "US-IL"),
        ("Ontario", None, "CA-ON"),
        ("Ontario", "CA", "CA-ON"),
        ("Bayern", "DE", "DE-BY"),
        ("Nowhere", "US", "Nowhere"),
        (" ", "US", None),
    ],
)
def test_states(text: str, code: str | None, expected: str | None):
    assert region(text, country=code) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chicago, Illinois, United States", Place("Chicago", "US-IL", "US")),
        ("Chicago, IL", Place("Chicago", "US-IL", "US")),
        ("1 Main St, Springfield, IL, USA", Place("Springfield", "US-IL", "US")),
        ("New York, NY 10001", Place("New York", "US-NY", "US")),
        ("Berlin, Germany", Place("Berlin", "", "DE")),
        ("Munich, Bavaria, Germany", Place("Munich", "Bavaria", "DE")),
        ("Germany", Place("", "", "DE")),
        ("Paris", Place("Paris", "", "")),
        (" , ", Place()),
    ],
)
def test_a_place_in_one_cell(text: str, expected: Place):
    assert place(text) == expected


def test_a_zip_gets_its_zeros_back_only_where_they_belong():
    assert postal_code("2108", country="US") == "02108"
    assert postal_code("1067", country="DE") == "01067"
    assert postal_code("2108", country="AU") == "2108"
    assert postal_code("sw1a 1aa", country="GB") == "SW1A 1AA"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jo.Smith@ACME.co.uk", "jo.smith@acme.co.uk"),
        ("mailto:jo@acme.com", "jo@acme.com"),
        ("jo@münchen.de", "jo@münchen.de"),
        ("jo@", None),
        ("jo@acme", None),
        ("jo..x@acme.com", None),
        ("a" * 400 + "@acme.com", None),
    ],
)
def test_email_addresses(text: str, expected: str | None):
    assert email(text) == expected

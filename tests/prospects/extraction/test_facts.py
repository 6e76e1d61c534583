"""Names, people, numbers and places, one rule each."""

import pytest

from tests.prospects.extraction.pages import found, values


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Anbieter: Acme Werke GmbH &amp; Co. KG, Berlin", "Acme Werke GmbH & Co. KG"),
        ("Willkommen bei Acme AG", "Acme AG"),
        ("© 2024 Acme, Inc. All rights reserved", "Acme, Inc."),
        ("Van der Acme B.V. is gevestigd in Delft", "Van der Acme B.V."),
        ("Spółka Acme Sp. z o.o.", "Spółka Acme Sp. z o.o."),
    ],
)
def test_a_legal_name_ends_with_its_form(written: str, name: str) -> None:
    assert values(f"<p>{written}</p>", "legal_name") == [name]


@pytest.mark.parametrize(
    ("written", "people"),
    [
        (
            "<p>Geschäftsführer: Dr. Anna Berg, Jan-Ole Kühn</p>",
            {"Anna Berg": "Geschäftsführer", "Jan-Ole Kühn": "Geschäftsführer"},
        ),
        ("<h3>Ana María Ruiz</h3><p>Directora de Ventas</p>", {"Ana María Ruiz": "Directora de Ventas"}),
        ("<li>Tom O'Neil &ndash; Head of Sales</li>", {"Tom O'Neil": "Head of Sales"}),
        ("<p>Our Team</p><p>Managing Director</p>", {}),
        ("<p>Jane Roe, Operations Director, Garnet Foods</p>", {}),
        ("<h2>Kundenstimmen</h2><h3>Max Muster</h3><p>Geschäftsführer</p>", {"Max Muster": "Geschäftsführer"}),
        ("<h2>Kundenstimmen</h2><p>Max Muster</p><p>Geschäftsführer</p>", {}),
    ],
)
def test_people_come_with_titles(written: str, people: dict[str, str]) -> None:
    assert {each.value: each.extra["title"] for each in found(written, "person")} == people


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("Gegründet 1957", ["1957"]),
        ("wurde 1961 gegründet", ["1961"]),
        ("Family owned since 1947", ["1947"]),
        ("Fondée en 1988 par", ["1988"]),
        ("設立 1968年4月", ["1968"]),
        ("© 2016-2025 Acme", []),
        ("Jane joined in 2010", []),
        ("ISO certified since 2011", []),
        ("1600 Amphitheatre Parkway", []),
    ],
)
def test_a_year_needs_a_word_for_founding(written: str, year: list[str]) -> None:
    assert values(f"<p>{written}</p>", "founded_year") == year


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("We employ over 1,450 people", ["1450+"]),
        ("rund 140 Mitarbeitende", ["140"]),
        ("51-200 employees", ["51-200"]),
        ("従業員数 120名", ["120"]),
        ("1,200 people trust us", []),
        ("team of 64 people", ["64"]),
    ],
)
def test_heads_are_the_company_s_own(written: str, count: list[str]) -> None:
    assert values(f"<p>{written}</p>", "employees") == count


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        ("USt-IdNr.: DE 136 695 976", "vat", ["DE136695976"]),
        ("P.IVA 01893420367", "vat", ["IT01893420367"]),
        ("NIP: 781-19-48-220", "vat", ["PL7811948220"]),
        ("CHE-107.856.243 MWST", "vat", ["CHE-107.856.243"]),
        ("USt-IdNr.: 12", "vat", []),
        ("HRB 351 874", "registry_number", ["HRB 351874"]),
        ("RCS Tours 482 913 077", "registry_number", ["482913077"]),
        ("Company No. 02374810", "registry_number", ["02374810"]),
        ("(LSE: TWG)", "ticker", ["LSE:TWG"]),
        ("NYSE: A, NYSE: B, NYSE: C", "ticker", []),
        ("revenue rose to £212 million", "revenue", ["£212 million"]),
        ("raised a Series B round", "funding", ["Series B"]),
        ("Our tech stack: Python and Kafka.", "technology", ["Python", "Kafka"]),
        ("Integrates with Salesforce", "technology", []),
        ("Offices in Hamburg, Porto and Lyon.", "location", ["Hamburg", "Porto", "Lyon"]),
    ],
)
def test_numbers_and_words_with_a_meaning_of_their_own(written: str, field: str, value: list[str]) -> None:
    assert values(f"<p>{written}</p>", field) == value


@pytest.mark.parametrize(
    ("written", "street", "code", "city", "country"),
    [
        ("Hauptstraße 5<br>10115 Berlin", "Hauptstraße 5", "10115", "Berlin", "DE"),
        ("12 bis, rue des Tanneurs, 37000 Tours, France", "12 bis, rue des Tanneurs", "37000", "Tours", "FR"),
        ("Castle House, 7 Mill Road, Bristol, BS35 2AB, UK", "Castle House, 7 Mill Road", "BS35 2AB", "Bristol", "GB"),
        ("410 N Canal Street<br>Chicago, IL 60654", "410 N Canal Street", "60654", "Chicago", "US"),
        ("De Roef 27<br>9206 AK Drachten", "De Roef 27", "9206 AK", "Drachten", "NL"),
        ("ul. Fabryczna 17A<br>60-101 Poznań", "ul. Fabryczna 17A", "60-101", "Poznań", "PL"),
        ("Kantonsstrasse 41<br>CH-3930 Visp", "Kantonsstrasse 41", "3930", "Visp", "CH"),
        ("Verkstadsgatan 8<br>903 45 Umeå<br>Sverige", "Verkstadsgatan 8", "903 45", "Umeå", "SE"),
        ("55 Queen Street West, Toronto, ON M5H 2M5", "55 Queen Street West", "M5H 2M5", "Toronto", "CA"),
        ("61 Munibung Road, Cardiff NSW 2285", "61 Munibung Road", "2285", "Cardiff", "AU"),
        ("Rua do Corticeiro, 215<br>4535-186 Mozelos", "Rua do Corticeiro, 215", "4535-186", "Mozelos", "PT"),
        ("Via Emilia Ovest, 1190 - 41123 Modena (MO) - Italia", "Via Emilia Ovest, 1190", "41123", "Modena", "IT"),
        ("〒392-0012 長野県諏訪市四賀2408-3", "四賀2408-3", "392-0012", "諏訪市", "JP"),
        ("C/ Turiaso 18, 50197 Zaragoza, España", "C/ Turiaso 18", "50197", "Zaragoza", "ES"),
    ],
)
def test_addresses_of_many_countries(written: str, street: str, code: str, city: str, country: str) -> None:
    (address,) = found(f"<p>{written}</p>", "address")

    assert {name: address.extra.get(name) for name in ("street", "postal_code", "city", "country")} == {
        "street": street, "postal_code": code, "city": city, "country": country,
    }  # fmt: skip


@pytest.mark.parametrize("written", ["48000 Pallets a year", "In 1998 Anna started", "Order 10115 Now", "12345"])
def test_other_numbers_are_no_addresses(written: str) -> None:
    assert values(f"<p>{written}</p>", "address", url="https://example.com/") == []

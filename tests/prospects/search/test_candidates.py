"""Which of the found sites may be a company's own."""

import pytest

from prospects.search.candidates import candidate_sites
from prospects.search.domains import Lists, checked_domains
from prospects.search.hits import Hit


def hit(rank: int, url: str, title: str = "") -> Hit:
    domain = url.split("/")[2].removeprefix("www.")
    return Hit(rank, title, "", url, domain)


FOUND = [
    hit(1, "https://www.linkedin.com/company/acme", "Acme Foods GmbH | LinkedIn"),
    hit(2, "https://www.northdata.com/Acme", "Acme Foods GmbH, Berlin"),
    hit(3, "https://news.com/acme-buys-bolt", "Acme Foods buys Bolt"),
    hit(4, "https://www.acme-foods.de/", "Acme Foods: Startseite"),
    hit(5, "https://www.acme-foods.de/kontakt", "Kontakt"),
    hit(6, "https://www.acmefoods.com/", "Acme Foods Inc."),
]


def test_the_site_that_is_called_like_the_company_comes_first_and_networks_and_directories_never() -> None:
    found = candidate_sites("Acme Foods GmbH", FOUND, country="DE")

    assert [each.domain for each in found][:2] == ["acme-foods.de", "acmefoods.com"]
    assert not {"linkedin.com", "northdata.com"} & {each.domain for each in found}
    assert found[0].score > found[1].score
    assert "Domain like the name by 100 %" in found[0].why


def test_what_is_denied_is_no_candidate() -> None:
    assert "acme-foods.de" not in {each.domain for each in candidate_sites("Acme Foods", FOUND, deny=["acme-foods.de"])}


@pytest.mark.parametrize(
    ("name", "url", "title"),
    [
        ("Bäckerei Müller GmbH & Co. KG", "https://www.baeckerei-mueller.de/", "Bäckerei Müller"),
        ("Żywność Łukasz Sp. z o.o.", "https://zywnosc-lukasz.pl/", "Żywność Łukasz"),
        ("Grayson Textiles Inc.", "https://grayson.com/", "Grayson | Textiles since 1920"),
    ],
)
def test_names_are_found_as_domains_spell_them(name: str, url: str, title: str) -> None:
    assert [each.domain for each in candidate_sites(name, [hit(1, url, title)])] == [
        url.split("/")[2].removeprefix("www.")
    ]


def test_a_site_with_nothing_in_common_isnt_one() -> None:
    assert candidate_sites("Acme Foods", [hit(1, "https://weather.net/", "The weather tomorrow")]) == []
    assert candidate_sites("", [hit(1, "https://weather.net/", "")]) == []


def test_deny_beats_allow_and_an_empty_allow_allows_all() -> None:
    assert not Lists().denies("acme.com")
    assert Lists(deny=frozenset({"acme.com"})).denies("acme.com")
    assert Lists(allow=frozenset({"bolt.com"})).denies("acme.com")
    assert Lists(allow=frozenset({"acme.com"}), deny=frozenset({"acme.com"})).denies("acme.com")
    assert checked_domains(["https://www.acme.com/x", "acme.com", " "]) == ["acme.com"]

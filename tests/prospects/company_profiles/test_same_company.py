"""Whether a site is the company's follows from domain, phone, address, e-mail and name; scores from what was found."""

import pytest

from prospects.company_profiles.researched import Identity, KnownFacts
from prospects.company_profiles.same_company import same_company
from prospects.company_profiles.scoring import scores
from prospects.extraction.found import Value
from tests.prospects.company_profiles.findings import value

SITE = "acme.example"
NAME = value("name", "Acme GmbH")
PHONE = value("phone", "+4930123456")
ADDRESS = value("address", "Markt 1, 53111 Bonn", extra={"city": "Bonn", "postal_code": "53111", "country": "DE"})
OTHER = value("name", "Globex Shipping")


@pytest.mark.parametrize(
    ("asked", "values", "verdict"),
    [
        (KnownFacts(domain=SITE), [], "confirmed"),
        (KnownFacts(name=SITE, domain=SITE), [OTHER], "confirmed"),
        (KnownFacts(name="ACME", domain=SITE), [NAME], "confirmed"),
        (KnownFacts(name="Acme", domain=SITE), [], "confirmed"),
        (KnownFacts(name="Initech", domain=SITE), [OTHER], "likely"),
        (KnownFacts(name="Initech", domain=SITE, country="US"), [OTHER, ADDRESS], "unsure"),
        (KnownFacts(name="Acme"), [NAME], "likely"),
        (KnownFacts(name="Acme", phones=("+4930123456",)), [NAME, PHONE], "confirmed"),
        (KnownFacts(name="Acme", city="Bonn", postal_code="53111"), [NAME, ADDRESS], "confirmed"),
        (KnownFacts(name="Acme", country="US"), [value("name", "Acme"), ADDRESS], "unsure"),
        (KnownFacts(name="Initech"), [OTHER], "another"),
        (KnownFacts(name="Initech"), [], "unsure"),
        (KnownFacts(name="Initech", emails=("a@acme.example",), city="Bonn"), [ADDRESS], "likely"),
        (KnownFacts(name="Hooli", domain="hooli.example"), [OTHER], "another"),
    ],
)
def test_the_verdict_follows_from_what_agrees(asked: KnownFacts, values: list[Value], verdict: str) -> None:
    found = same_company(asked, values, site=SITE if asked.name != "Acme" or asked.domain else "acme-ice.example")

    assert (found.verdict, bool(found.says)) == (verdict, True)


def test_without_a_site_nothing_is_anybodys() -> None:
    assert same_company(KnownFacts(), [], site="").verdict == "unsure"


def test_it_says_what_speaks_for_and_against_it() -> None:
    asked = KnownFacts(name="Acme", domain=SITE, country="US")

    assert same_company(asked, [NAME, ADDRESS], site=SITE).says == (
        "The domain is the company's, the name is the same, the domain is the name; but the country is DE, not US."
    )


def identity(verdict: str) -> Identity:
    return Identity(verdict)


def test_scores_grow_with_what_is_found_and_how_sure_it_is() -> None:
    few = scores([NAME], mode="basic", identity=identity("confirmed"))
    more = scores([NAME, PHONE, ADDRESS], mode="basic", identity=identity("confirmed"))
    doubtful = scores([value("name", "Acme", confidence=40)], mode="basic", identity=identity("confirmed"))

    assert more.completeness > few.completeness > 0
    assert more.quality > few.quality
    assert (few.confidence, doubtful.confidence) == (90, 40)


def test_nothing_found_and_anothers_site_are_worth_nothing() -> None:
    nothing = scores([], mode="standard", identity=identity("confirmed"))
    anothers = scores([NAME, PHONE], mode="standard", identity=identity("another"))

    assert (nothing.quality, nothing.completeness, nothing.confidence) == (0, 0, 0)
    assert (anothers.quality, anothers.confidence) == (0, 0)
    assert anothers.completeness > 0


def test_fields_that_a_mode_does_not_ask_for_do_not_count() -> None:
    ticker = value("ticker", "ACME")

    assert scores([ticker], mode="basic", identity=identity("confirmed")).completeness == 0

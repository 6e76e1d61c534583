"""Numbers of registers and tax offices, and tickers of exchanges."""

import pytest

from tests.prospects.extraction.pages import values


@pytest.mark.parametrize(
    ("written", "told", "url"),
    [
        (
            "<p>immatriculée au Registre du Commerce et des Sociétés de Lyon sous le numéro B 512 345 678</p>",
            ["512345678"],
            "https://acme.fr/",
        ),
        ("<p>RCS Paris B 512 345 678</p>", ["512345678"], "https://acme.fr/"),
        ("<p>SIRET : 512 345 678 00012</p>", ["512345678"], "https://acme.fr/"),
        ("<p>registered in England and Wales under number 01234567</p>", ["01234567"], "https://acme.co.uk/"),
        ("<p>Registered in Scotland, No. SC123456</p>", ["SC123456"], "https://acme.co.uk/"),
        ("<p>(registered in England, no 01234567)</p>", ["01234567"], "https://acme.co.uk/"),
        ("<p>Company registration: 1234567</p>", ["1234567"], "https://acme.ie/"),
        ("<p>Reg. No. 123456</p>", ["123456"], "https://acme.ie/"),
        ("<p>Company reg. no. 498211</p>", ["498211"], "https://acme.ie/"),
        ("<p>KvK-nummer 12345678</p>", ["12345678"], "https://acme.nl/"),
        ("<p>nr KRS: 0000123456</p>", ["0000123456"], "https://acme.pl/"),
        ("<p>numer KRS 0000123456</p>", ["0000123456"], "https://acme.pl/"),
        ("<p>VAT registration number GB 914 3327 61</p>", [], "https://acme.co.uk/"),
    ],
)
def test_a_register_s_number(written: str, told: list[str], url: str) -> None:
    assert sorted(values(written, "registry_number", url=url)) == told


@pytest.mark.parametrize(
    ("written", "told", "url"),
    [
        ("<p>VAT Reg No: 914 3327 61</p>", ["GB914332761"], "https://acme.co.uk/"),
        ("<p>VAT registration no. GB 914 3327 61</p>", ["GB914332761"], "https://acme.co.uk/"),
        ("<p>VAT: IE6388047V</p>", ["IE6388047V"], "https://acme.ie/"),
        ("<p>NIPC: 504218973</p>", ["PT504218973"], "https://acme.pt/"),
        ("<p>Contribuinte n.º 504 218 973</p>", ["PT504218973"], "https://acme.pt/"),
        ("<p>TVA : FR 27 512345678</p>", ["FR27512345678"], "https://acme.fr/"),
        ("<p>Btw-nummer: NL001234567B01</p>", ["NL001234567B01"], "https://acme.nl/"),
        ("<p>Mwst-Nr. CHE-107.856.243</p>", ["CHE-107.856.243"], "https://acme.ch/"),
        ("<p>TVA BE 0684.217.935</p>", ["BE0684217935"], "https://acme.be/"),
        ("<p>BTW BE0684.217.935</p>", ["BE0684217935"], "https://acme.be/"),
    ],
)
def test_a_vat_number(written: str, told: list[str], url: str) -> None:
    assert sorted(values(written, "vat", url=url)) == told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("<p>Nasdaq: ACME</p>", ["Nasdaq:ACME"]),
        ("<p>listed on the London Stock Exchange (ticker: ACM)</p>", ["LSE:ACM"]),
        ("<p>Listed on NYSE under the symbol ACM</p>", ["NYSE:ACM"]),
        ("<p>証券コード：6758</p>", ["TYO:6758"]),
    ],
)
def test_a_ticker_with_its_exchange(written: str, told: list[str]) -> None:
    assert sorted(values(written, "ticker")) == told

"""Streets with what belongs to them, and without the sentence around them."""

import pytest

from tests.prospects.extraction.pages import values


@pytest.mark.parametrize(
    ("written", "told", "url"),
    [
        ("<p>12 Elm Street<br>P.O. Box 77<br>Dayton, Ohio 45402</p>", ["12 Elm Street"], "https://acme.com/"),
        (
            "<p>Unit 9, Castle Trading Estate, Newtown, Cardiff CF10 2AB</p>",
            ["Unit 9, Castle Trading Estate, Newtown"],
            "https://acme.co.uk/",
        ),
        ("<p>Hauptstr. 12, Haus B<br>50667 Köln</p>", ["Hauptstr. 12, Haus B"], "https://acme.de/"),
        ("<p>Hafenstraße 3 (Hinterhof)<br>20457 Hamburg</p>", ["Hafenstraße 3 (Hinterhof)"], "https://acme.de/"),
        ("<p>dont le siège social est situé 8 rue d'Alger, 13001 Marseille</p>", ["8 rue d'Alger"], "https://acme.fr/"),
        ("<p>Our registered office is at 5 Mill Lane, Bath BA1 1AA.</p>", ["5 Mill Lane"], "https://acme.co.uk/"),
        (
            "<p>Rua das Flores, 100 - Centro, Curitiba - PR, 80010-000</p>",
            ["Rua das Flores, 100"],
            "https://acme.com.br/",
        ),
        (
            "<p>Postbus 12<br>1000 AA Amsterdam</p><p>Damrak 1<br>1012 LG Amsterdam</p>",
            ["Damrak 1"],
            "https://acme.nl/",
        ),
        ("<p>Postfach 10 22 33<br>50462 Köln</p><p>Domstr. 1<br>50668 Köln</p>", ["Domstr. 1"], "https://acme.de/"),
        ("<p>al. Jana Pawła II 22 lok. 8<br>00-133 Warszawa</p>", ["al. Jana Pawła II 22 lok. 8"], "https://acme.pl/"),
        ("<p>Hauptstr. 5, Eingang West<br>10115 Berlin</p>", ["Hauptstr. 5, Eingang West"], "https://acme.de/"),
        ("<p>Hauptstr. 5, Telefon 030<br>10115 Berlin</p>", ["Hauptstr. 5"], "https://acme.de/"),
        ("<p>77 Wall Street<br>3rd Floor<br>New York, NY 10005</p>", ["77 Wall Street 3rd Floor"], "https://acme.com/"),
    ],
)
def test_a_street(written: str, told: list[str], url: str) -> None:
    assert sorted(values(written, "street", url=url)) == told


@pytest.mark.parametrize(
    ("written", "told", "url"),
    [
        ("<p>500 Main St., Ste. 210, Albany, New York 12207</p>", ["Albany"], "https://acme.com/"),
        ("<p>1100 K Street NW, Washington, D.C. 20005</p>", ["Washington"], "https://acme.com/"),
        (
            "<p>Rodovia BR-101, km 12, s/n - Distrito Industrial - Joinville/SC - CEP 89201-000</p>",
            ["Joinville"],
            "https://acme.com.br/",
        ),
        ("<p>Rua das Flores, 100 - Centro<br>Curitiba/PR<br>CEP 80010-000</p>", ["Curitiba"], "https://acme.com.br/"),
    ],
)
def test_a_town(written: str, told: list[str], url: str) -> None:
    assert sorted(values(written, "city", url=url)) == told


@pytest.mark.parametrize(
    ("written", "told", "url"),
    [
        ("<p>12 Elm Street, Dayton, Ohio 45402</p>", ["US-OH"], "https://acme.com/"),
    ],
)
def test_a_state_in_full(written: str, told: list[str], url: str) -> None:
    assert sorted(values(written, "region", url=url)) == told

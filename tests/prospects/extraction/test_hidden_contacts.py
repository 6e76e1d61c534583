"""E-mail addresses and phones as people write them by hand; and others' phones."""

import pytest

from tests.prospects.extraction.pages import values


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("<p>jane_at_acme.de</p>", ["jane@acme.de"]),
        ("<p>jane -at- acme.de</p>", ["jane@acme.de"]),
        ("<p>jane *at* acme.de</p>", ["jane@acme.de"]),
        ("<p>jane &lt;at&gt; acme &lt;dot&gt; de</p>", ["jane@acme.de"]),
        ("<p>jane@<!-- x -->acme.de</p>", ["jane@acme.de"]),
        ("<p>jane<span style='display:none'>foo</span>@acme.de</p>", ["jane@acme.de"]),
        ("<p>jane<b hidden>foo</b>@acme.de</p>", ["jane@acme.de"]),
        ("<p>jane AT acme DOT de</p>", ["jane@acme.de"]),
        ("<p>jane(ät)acme.de</p>", ["jane@acme.de"]),
        ("<p>jane＠acme.de</p>", ["jane@acme.de"]),
        ("<p>jane [@] acme.de</p>", ["jane@acme.de"]),
    ],
)
def test_an_address_between_other_signs(written: str, told: list[str]) -> None:
    assert sorted(values(written, "email")) == told


@pytest.mark.parametrize(
    ("written", "told", "url"),
    [
        ("<p>Tel.: 05131 / 70 90 - 0</p>", ["+49513170900"], "https://acme.de/"),
        ("<p>Televendas: (11) 3456-7890</p>", ["+551134567890"], "https://acme.com.br/"),
        ("<p>SAC: 0800 770 1234</p>", ["+558007701234"], "https://acme.com.br/"),
        ("<p>Call or text 303-555-0143</p>", ["+13035550143"], "https://acme.com/"),
        ("<p>Phone 303/555-0143</p><p>12 Main Street, Denver, CO 80202</p>", ["+13035550143"], "https://acme.com/"),
        (
            "<p>Main: 303.555.0143 | Fax: 303.555.0144</p><p>12 Main Street, Denver, CO 80202</p>",
            ["+13035550143"],
            "https://acme.com/",
        ),
        ("<p>biuro@acme.pl, 61 847 22 10</p>", ["+48618472210"], "https://acme.pl/"),
        ("<p>Fixed line 022 555 14</p>", [], "https://acme.ie/"),
        ("<p>24-uurs dienst: 038 421 55 66</p>", ["+31384215566"], "https://acme.nl/"),
        ("<p>TEL：03-3456-7890（代表） FAX：03-3456-7891</p>", ["+81334567890"], "https://acme.co.jp/"),
        ("<p>Website by Bluebird, 0113 328 0117</p>", [], "https://acme.co.uk/"),
        ("<p>Desenvolvido por Agência X (11) 3456-7890</p>", [], "https://acme.com.br/"),
        ("<p>Web site by MadeNet, 303-555-0143</p><p>12 Main Street, Denver, CO 80202</p>", [], "https://acme.com/"),
        ("<p>Zuständige Kammer: IHK Köln, Tel. 0221 16400</p>", [], "https://acme.de/"),
        ("<p>Réclamations : CNIL, tél. 01 53 73 22 22</p>", [], "https://acme.fr/"),
    ],
)
def test_a_phone_and_whose_it_is(written: str, told: list[str], url: str) -> None:
    assert sorted(values(written, "phone", url=url)) == told

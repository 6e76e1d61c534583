"""Addresses, phones and profiles: what is the company's own, and what only looks like it."""

import pytest

from prospects.pages.parsing import parse
from tests.prospects.extraction.pages import found, values


@pytest.mark.parametrize(
    "written",
    [
        "info@acme.de",
        "info (at) acme.de",
        "info[at]acme[dot]de",
        "info {at} acme {punkt} de",
        "info at acme dot de",
        "info&#64;acme&#46;de",
        "ed.emca@ofni",
        '<a href="mailto:info%40acme.de?subject=Hi">Mail</a>',
        '<a href="/cdn-cgi/l/email-protection" data-cfemail="2b42454d446b4a48464e054f4e">[email protected]</a>',
    ],
)
def test_an_address_is_read_however_it_is_hidden(written: str) -> None:
    assert values(f"<p>Write to {written}</p>", "email") == ["info@acme.de"]


@pytest.mark.parametrize(
    "written", ["you@example.com", "logo@2x.png", "a@b", "@acme", "0123456789abcdef0123456789abcdef@sentry.io", "x@y."]
)
def test_what_only_looks_like_an_address_is_none(written: str) -> None:
    assert values(f"<p>{written}</p>", "email") == []


def test_who_made_the_site_is_somebody_else() -> None:
    body = "<h2>Impressum</h2><p>info@acme.de Tel. 030 901820</p><h2>Webdesign</h2><p>hi@agency.de Tel. 030 555666</p>"

    assert values(body, "email") == ["info@acme.de"]
    assert values(body, "phone") == ["+4930901820"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("Telefon: +49 (0) 30 / 90 18 20", "+4930901820"),
        ("Tel. 030 901820-0", "+49309018200"),
        ("<table><tr><td>Telefon</td><td>030 901820</td></tr></table>", "+4930901820"),
        ("<p>Telefon</p><p>030 901820</p>", "+4930901820"),
        ('<a href="tel:030901820">Anrufen</a>', "+4930901820"),
        ("+49 30 901820", "+4930901820"),
    ],
)
def test_a_phone_has_a_label_a_plus_or_a_link(written: str, number: str) -> None:
    assert values(written, "phone") == [number]


@pytest.mark.parametrize(
    "written",
    [
        "Fax: 030 901821",
        "030 901820",
        "Stand: 12.04.2023",
        "IBAN DE89 3704 0044 0532 0130 00",
        "USt-IdNr. 136 695 976",
        "Version 169.3.201.44",
        "ISBN 978-0-306-40615-7",
        "Bestellnummer 4930901820",
    ],
)
def test_other_numbers_are_no_phones(written: str) -> None:
    assert values(f"<p>{written}</p>", "phone") == []


@pytest.mark.parametrize(
    ("address", "profile"),
    [
        (
            "https://de.linkedin.com/company/acme-gmbh/?originalSubdomain=de",
            "https://www.linkedin.com/company/acme-gmbh",
        ),
        ("http://www.twitter.com/acme", "https://x.com/acme"),
        ("https://x.com/acme?s=20", "https://x.com/acme"),
        ("https://m.facebook.com/acme.berlin/?ref=page", "https://www.facebook.com/acme.berlin"),
        ("https://www.facebook.com/pages/Acme/123456", "https://www.facebook.com/pages/Acme/123456"),
        ("https://instagram.com/acme_berlin/", "https://www.instagram.com/acme_berlin"),
        ("https://www.youtube.com/@acme/videos", "https://www.youtube.com/@acme"),
        ("https://www.tiktok.com/@acme", "https://www.tiktok.com/@acme"),
        ("https://www.xing.com/pages/acme", "https://www.xing.com/pages/acme"),
        ("https://github.com/acme", "https://github.com/acme"),
        ("https://www.pinterest.co.uk/acme/", "https://www.pinterest.com/acme"),
    ],
)
def test_a_profile_is_written_in_one_form(address: str, profile: str) -> None:
    (only,) = found(f'<a href="{address}">Follow</a>', "social")

    assert only.value == profile
    assert only.extra["platform"] in profile


@pytest.mark.parametrize(
    "address",
    [
        "https://www.facebook.com/sharer/sharer.php?u=https://acme.de",
        "https://twitter.com/intent/tweet?url=x",
        "https://www.linkedin.com/shareArticle?url=x",
        "https://www.linkedin.com/in/jane-doe",
        "https://www.instagram.com/p/Cx123/",
        "https://www.youtube.com/watch?v=abc",
        "https://pinterest.com/pin/create/button/",
        "https://github.com/acme/project",
        "https://www.xing.com/profile/Jane_Doe",
        "https://x.com/",
        "https://notx.com/acme",
        "javascript:alert(1)//www.linkedin.com/company/acme",
        "javascript://www.linkedin.com/company/acme",
        "data:text/html,//x.com/acme",
        "https://www.linkedin.com.evil.de/company/acme",
        "https://www.linkedin.com/company/a&quot;&gt;&lt;script&gt;",
    ],
)
def test_what_shares_or_is_a_person_is_no_profile(address: str) -> None:
    assert values(f'<a href="{address}">x</a>', "social") == []


def test_what_turns_the_direction_of_writing_is_no_part_of_a_value() -> None:
    """In a page's markup as in its text: a name that holds such a mark would turn round what stands after it."""
    organisation = (
        '{"@type": "Organization", "url": "https://acme.de", "name": "Ac\u202eme", "legalName": "Ac\\u202eme GmbH",'
        ' "telephone": "+49 30 901820\\u0007", "description": "We make \u2066cold chains\u2069 that last."}'
    )
    head = (
        f'<script type="application/ld+json">{organisation}</script><meta property="og:site_name" content="Ac\u202eme">'
    )

    fields = ("name", "legal_name", "phone", "description", "person")
    told = {each.field: each.value for each in found("<h3>Jane \u202eDoe</h3><p>CEO</p>", *fields, head=head)}

    assert told == {
        "name": "Acme",
        "legal_name": "Acme GmbH",
        "phone": "+4930901820",
        "description": "We make cold chains that last.",
        "person": "Jane Doe",
    }


def test_no_quote_turns_the_direction_of_writing() -> None:
    page = parse(
        b'<script type="application/ld+json">{"@type": "Organization", "name": "Ac\\u202eme"}</script>',
        url="https://acme.de/",
    )

    assert "Acme" in page.document.text
    assert "\u202e" not in page.document.text

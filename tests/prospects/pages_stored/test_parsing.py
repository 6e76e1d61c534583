"""What a body becomes: text as lines, blocks, what markup says besides; and the same again from the store."""

import codecs
import json
from html import escape

import pytest

from prospects.pages.parsed import ParsedPage, StoredText
from prospects.pages.parsing import Unparsable, parse, reread
from prospects.pages.texts import packed, unpacked

URL = "https://www.acme.com/about"


def page(html: str | bytes, *, url: str = URL, content_type: str = "") -> ParsedPage:
    return parse(html if isinstance(html, bytes) else html.encode(), url=url, content_type=content_type)


def seen(html: str) -> str:
    document = page(html).document
    return document.text[: document.visible_length]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Acme  Pumps\n GmbH</p><p>Weg 1<br>10115 Berlin</p>", "Acme Pumps GmbH\nWeg 1\n10115 Berlin"),
        ("<b>J</b>ane <i>Doe</i>, CEO", "Jane Doe, CEO"),
        ("<a>Home</a><a>About</a>", "Home About"),
        ("<span>Phone</span><span>+49 30 1</span>", "Phone +49 30 1"),
        ("<table><tr><th>Phone<td>123<tr><th>Fax<td>456</table>", "Phone\t123\nFax\t456"),
        ("<dl><dt>Phone</dt><dd>123</dd></dl>", "Phone\n123"),
        ("a&nbsp;b&shy;c&#8203;d", "a bcd"),
        ("seen<p hidden>hidden</p><p style='display : none'>hidden</p><p style=visibility:hidden>hidden</p>", "seen"),
        ("<body style='visibility:hidden'>seen after the script ran", "seen after the script ran"),
        ("seen<script>no</script><style>no</style><template>no</template><noscript>no</noscript>", "seen"),
        ("<p>unclosed <p>paragraphs <li>and items", "unclosed\nparagraphs\nand items"),
        ('<a href="/cdn-cgi/l/email-protection" data-cfemail="422b2c242d02232f2f2f6c212d">[email]</a>', "info@ammm.co"),
        ("visible\U000e0041\U000e0042 text\u202e", "visible text"),
        ("", ""),
    ],
)
def test_what_readers_see(html: str, text: str) -> None:
    assert seen(f"<html>{html}") == text


def test_blocks_are_spans_of_the_text() -> None:
    found = page("<h2>Us</h2><ul><li class='team x'>Jane</ul><div class=address>Weg 1</div><footer>© <p>A</p></footer>")

    spans = [(block.kind, found.document.text[block.start : block.end], block.classes) for block in found.blocks]

    assert spans == [
        ("heading", "Us", ""), ("li", "Jane", "team x"), ("address", "Weg 1", "address"), ("footer", "©\nA", ""),
        ("p", "A", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "urls"),
    [
        ("0; url=/de/", ["https://www.acme.com/de/"]),
        ("5,URL = 'start.html' ", ["https://www.acme.com/start.html"]),
        ('0;url="https://acme.io/"', ["https://acme.io/"]),
        ("300", []),
        ("0;url=", []),
        ("0;url=javascript:alert(1)", []),
        ("0" * 500_000, []),
        ("0;url=" + " " * 500_000 + "'x", []),
    ],
    ids=["path", "relative", "elsewhere", "none", "empty", "script", "digits", "spaces"],
)
def test_where_a_page_leads_of_itself_is_a_link(content: str, urls: list[str]) -> None:
    found = page(f'<html><head><meta http-equiv="refresh" content="{escape(content)}"><p>x')

    assert [link.url for link in found.links] == urls


def test_what_only_markup_says_has_its_place_in_the_text() -> None:
    found = page(
        "<title> Acme\n</title><meta name=Description content='We  pump'><meta name=csrf-token content=x>"
        "<link rel=canonical href=/us><a href=mailto:a@acme.com>Mail</a><a href=//www.linkedin.com/company/acme></a>"
        "<a href=/inside>In</a><script src=/app.js?v=17></script>"
        '<script type=application/ld+json>{"name": "Acm\\u00e9",}</script>'
        "<p itemscope itemtype=https://schema.org/Person><b itemprop=name>Jane</b></p>"
    )
    text = found.document.text

    assert text[found.document.visible_length :].split("\n")[1:] == [
        "title Acme",
        "meta description: We pump",
        "link - mailto:a@acme.com | Mail",
        "link - https://www.linkedin.com/company/acme | ",
        "link canonical https://www.acme.com/us | ",
        'json-ld: {"name":"Acmé"}',
        'microdata: {"@syntax":"microdata","@type":"Person","name":"Jane"}',
        "script https://www.acme.com/app.js",
    ]
    (item,) = found.json_ld
    assert text[slice(*item["@at"])] == '{"name":"Acmé"}'
    assert found.document.title == "Acme"
    assert found.document.canonical == "https://www.acme.com/us"
    assert [link.url for link in found.links if "inside" in link.url] == ["https://www.acme.com/inside"]


def test_cards_of_microformats_are_shaped_like_json_ld() -> None:
    found = page(
        "<div class=vcard><b class=fn>Jane Doe</b> <i class=title>CEO</i><a class=email href=mailto:j@acme.com>Mail</a>"
        "<p class=adr><span class=street-address>Weg 1</span> <span class=locality>Berlin</span></p></div>"
    )

    (card,) = [{name: value for name, value in item.items() if name != "@at"} for item in found.microdata]

    assert card == {
        "@syntax": "microformat", "@type": "Person", "name": "Jane Doe", "jobTitle": "CEO",
        "email": "mailto:j@acme.com",
        "address": {"@type": "PostalAddress", "streetAddress": "Weg 1", "addressLocality": "Berlin"},
    }  # fmt: skip


def test_a_stored_text_is_the_same_page_again() -> None:
    first = page(
        "<html lang=de-DE><title>A</title><meta property=og:title content='A: B'><address class='a b'>Weg 1</address>"
        "<a rel='me nofollow' href=https://x.com/acme>X | Y</a><a href=/in>in</a>"
        '<script type=application/ld+json>[{"a": 1}, 2, {"b": {"c": [null]}}]</script>'
    )
    document = first.document
    text = unpacked(packed(document.text))

    again = reread(StoredText(document.hash, text, document.visible_length, document.language, first.blocks), url=URL)

    assert again.document == document
    assert (again.meta, again.json_ld, again.microdata) == (first.meta, first.json_ld, first.microdata)
    assert again.blocks == first.blocks
    assert set(first.links) - set(again.links) == {
        link for link in first.links if link.url == "https://www.acme.com/in"
    }


@pytest.mark.parametrize(
    ("body", "content_type", "charset"),
    [
        ("Grüße".encode(), "", "utf-8"),
        ("Grüße".encode("cp1252"), "text/html; charset=ISO-8859-1", "cp1252"),
        (b"<meta charset=iso-8859-1>" + "Grüße".encode("cp1252"), "", "cp1252"),
        (b"<meta charset=iso-8859-1>" + "Grüße".encode(), "", "utf-8"),
        ("Grüße aus München".encode("cp1252"), "text/html; charset=utf-8", "cp1252"),
        (b"\xef\xbb\xbf" + "Grüße".encode(), "text/html; charset=latin-1", "utf-8"),
        (codecs.BOM_UTF16_LE + "Grüße".encode("utf-16-le"), "", "utf-16-le"),
        ("Grüße €".encode()[:-1], "", "utf-8"),
        ("Grüße".encode(), "text/html; charset=zlib", "utf-8"),
    ],
)
def test_charsets_are_told(body: bytes, content_type: str, charset: str) -> None:
    if charset == "utf-16-le":
        body = codecs.BOM_UTF16_LE + "<p>Grüße".encode("utf-16-le")
    else:
        body = body.replace(b"Gr", b"<p>Gr", 1)

    found = page(body, content_type=content_type)

    assert found.charset == charset
    assert found.document.text.startswith("Grüße")


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ("<html lang=de-AT>x", "de"),
        ("<html lang=eng>x", "en"),
        ("<html lang='{{lang}}'>x", ""),
        (
            "<p>" + "Wir bauen seit vielen Jahren Pumpen für Kläranlagen in ganz Europa und liefern sie schnell. " * 3,
            "de",
        ),
        (
            "<p>" + "Nous construisons des pompes pour les stations d'épuration partout en Europe depuis 1950. " * 3,
            "fr",
        ),
        ("<p>short", ""),
    ],
)
def test_languages_are_told(html: str, language: str) -> None:
    assert page(html).document.language == language


@pytest.mark.parametrize(
    ("html", "flags"),
    [
        ("<title>404 Not Found</title><h1>Page not found</h1>", {"soft_404"}),
        ("<h1>Seite nicht gefunden</h1><p>Leider", {"soft_404"}),
        ("<title>Studio 404 GmbH</title><h1>We design</h1>", set()),
        ("<title>acme.com</title><p>This domain is for sale! Buy this domain now.", {"parked"}),
        ("<p>Diese Domain steht zum Verkauf", {"parked"}),
        ("<div id=root></div><script src=/app.js></script>", {"javascript_only"}),
        ("<noscript>You need to enable JavaScript to run this app.</noscript><script src=/app.js></script>",
         {"javascript_only"}),
        ("<div id=root><p>" + "Rendered on the server. " * 20 + "</div><script src=/app.js></script>", set()),
        ("<meta name=robots content='NOINDEX, follow'><p>x", {"noindex"}),
        ("<p>" + "Wort " * 80_000, {"truncated"}),
        ("<p>A small page", set()),
    ],
)  # fmt: skip
def test_pages_that_are_none_are_told(html: str, flags: set[str]) -> None:
    assert page(html).flags == flags


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"%PDF-1.7 <x>", "binary"), (b"plain text", "not_html"), (b"", "not_html"), (b"<\x00" * 50, "binary")],
)
def test_what_is_no_page_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Unparsable) as refused:
        parse(body, url=URL)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "raw",
    [
        "{", "", "[[[", "null", "{'a': 1}", "[" * 5000 + "]" * 5000, '{"a":' * 200 + "1" + "}" * 200,
        '{"n": ' + "9" * 5000 + "}", '"\\ud800"', '{"a": "\\u0000"}', '{"a": NaN}', "<!-- {} -->",
        json.dumps("x" * 70_000),
    ],
)  # fmt: skip
def test_json_of_any_kind_leaves_a_text_that_can_be_stored(raw: str) -> None:
    text = page(f"<p>x<script type=application/ld+json>{raw}</script>").document.text

    assert "\x00" not in text
    assert len(text.encode()) < 66_000

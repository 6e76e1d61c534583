"""A page under one spelling of its URL, and what it is about by its address, its links' texts, or its title."""

import pytest

from prospects.pages.kinds import page_kind
from prospects.pages.urls import canonical_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://acme.com", "https://acme.com/"),
        ("HTTP://WWW.Acme.com:80/a/../b//c/?utm_source=x&b=2&a=%41#f", "http://www.acme.com/b/c/?b=2&a=A"),
        ("https://acme.com:8443/a", "https://acme.com:8443/a"),
        ("https://acme.com/a%2fb c", "https://acme.com/a%2Fb%20c"),
        ("https://acme.com/100%", "https://acme.com/100%25"),
        ("https://münchen.de/ü", "https://xn--mnchen-3ya.de/%C3%BC"),
        ("https://acme.com/a;jsessionid=12?x=1", "https://acme.com/a?x=1"),
        ("https://acme.com/?gclid=1", "https://acme.com/"),
        ("https://acme.com/..%2e/%2e%2e/a", "https://acme.com/a"),
        ("  https://acme.com/a\n/b ", "https://acme.com/a/b"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://user:secret@acme.com/", None),
        ("https://acme.com\\@evil.com/", None),
        ("https://acme.com:99999/", None),
        ("ftp://acme.com/", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://acme.com/" + "a" * 2000, None),
    ],
)
def test_a_page_has_one_spelling(url: str, canonical: str | None) -> None:
    assert canonical_url(url) == canonical
    assert canonical is None or canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("../c", "https://acme.com/c"),
        ("c?d", "https://acme.com/a/c?d"),
        ("/c/./d", "https://acme.com/c/d"),
        ("//other.com/x", "https://other.com/x"),
        ("http://[", None),
        ("mailto:a@acme.com", None),
    ],
)
def test_a_link_leads_on_from_its_page(href: str, url: str | None) -> None:
    assert canonical_url(href, base="https://acme.com/a/b") == url


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "home"), ("de/", "home"), ("en-GB/index.html", "home"), ("about-us.html", "about"),
        ("de/%C3%BCber-uns", "about"), ("qui-sommes-nous/", "about"), ("hakk%C4%B1m%C4%B1zda", "about"),
        ("o-nas", "about"),
        ("ueber-uns/team", "team"), ("company/leadership", "team"), ("chi-siamo", "about"), ("Impressum", "imprint"),
        ("mentions-legales", "imprint"), ("aviso-legal", "imprint"), ("contactez-nous", "contact"),
        ("kontakt.php", "contact"), ("contatti", "contact"), ("iletisim", "contact"), ("precios", "pricing"),
        ("cennik", "pricing"), ("karriere/", "careers"), ("vacatures", "careers"), ("om-oss", "about"),
        ("fale-conosco", "contact"), ("blog/our-team-grows", "news"), ("products/contact-lenses", "product"),
        ("privacy", "other"), ("x/y/z", "other"),
    ],
)  # fmt: skip
def test_an_address_says_what_a_page_is_about(path: str, kind: str) -> None:
    assert page_kind(f"https://acme.com/{path}") == kind


def test_else_the_link_or_the_title_says_it() -> None:
    assert page_kind("https://acme.com/p?id=12", anchor="Über uns") == "about"
    assert page_kind("https://acme.com/12", title="Contact us | Acme") == "contact"
    assert page_kind("https://acme.com/12", anchor="Why our team thinks that prices will rise next year") == "other"

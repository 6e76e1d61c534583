"""Which URLs are of a site, which may be pages, and where a home may be."""

import pytest

from prospects.crawl.urls import Scope, entrances, is_trap, may_be_page, next_entrances, parts_of


def has(scope: Scope, url: str) -> bool:
    parts = parts_of(url)
    return parts is not None and scope.has(parts)


@pytest.mark.parametrize(
    ("url", "is_of_it"),
    [
        ("https://acme.com/", True),
        ("http://www.acme.com/about?x=1", True),
        ("https://ACME.com/", True),
        ("https://shop.acme.com/", False),
        ("https://notacme.com/", False),
        ("https://acme.com.evil.example/", False),
        ("https://evil.example/acme.com/", False),
        ("https://acme.com@evil.example/", False),
        ("https://me:secret@acme.com/", False),
        ("ftp://acme.com/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_a_site_is_its_domain_and_www(url: str, is_of_it: bool) -> None:
    assert has(Scope("acme.com"), url) is is_of_it


def test_subdomains_are_in_it_where_asked_for_or_let_in() -> None:
    wide, narrow = Scope("acme.com", includes_subdomains=True), Scope("acme.com")
    shop, other = parts_of("https://shop.acme.com/x"), parts_of("https://acme.org/")
    assert shop is not None
    assert other is not None

    let_in = (narrow.admit(shop), narrow.admit(other))

    assert has(wide, "https://a.b.acme.com/")
    assert let_in == (True, False)
    assert has(narrow, "https://shop.acme.com/")
    assert not has(narrow, "https://blog.acme.com/")


def test_a_site_that_has_moved_is_both() -> None:
    scope = Scope("acme.com")

    scope.move("acme.io")

    assert has(scope, "https://www.acme.io/team")
    assert has(scope, "https://acme.com/")
    assert not has(scope, "https://acme.org/")


@pytest.mark.parametrize(
    "path",
    ["/brochure.PDF", "/logo.svg", "/feed.xml", "/login", "/en/wp-login.php", "/cart/add", "/tag/news/", "/search"],
)
def test_files_and_doors_are_no_pages(path: str) -> None:
    parts = parts_of(f"https://acme.com{path}")

    assert parts is not None
    assert not may_be_page(parts)


@pytest.mark.parametrize("path", ["/", "/about.html", "/ueber-uns", "/st.gallen", "/v1.2", "/searchlight", "/login-ag"])
def test_pages_are_pages(path: str) -> None:
    parts = parts_of(f"https://acme.com{path}")

    assert parts is not None
    assert may_be_page(parts)


@pytest.mark.parametrize("path", ["/a/b/a/b/a", "/x" * 13, "/de/de/de/kontakt"])
def test_paths_that_grow_without_end_are_traps(path: str) -> None:
    assert is_trap(path)


def test_the_next_door_depends_on_why_the_first_was_closed() -> None:
    _, *others = entrances("acme.com")

    tried = {
        code: list(next_entrances(others, code=code))
        for code in ("not_connected", "not_found_name", "timed_out", "http_404", "robots", "address_refused")
    }

    assert tried == {
        "not_connected": ["https://www.acme.com/", "http://acme.com/", "http://www.acme.com/"],
        "not_found_name": ["https://www.acme.com/"],
        "timed_out": ["https://www.acme.com/"],
        "http_404": ["https://www.acme.com/"],
        "robots": [],
        "address_refused": [],
    }

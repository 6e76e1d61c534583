"""Which pages sitemaps name, of honest sites and of others."""

import gzip
import time
from datetime import UTC, datetime

import pytest

from prospects.crawl.hosts.fetched import SitemapBounds, SitemapEntry, Sitemaps
from prospects.crawl.hosts.sitemaps import MOST_FILES, listed
from prospects.crawl.hosts.web import Web
from tests.prospects.crawl.hosts.conftest import local_web, run
from tests.servers.hostile_site import Answer, HostileSite, drip, page, to


def sitemaps(site: HostileSite, bounds: SitemapBounds | None = None) -> Sitemaps:
    async def inside(web: Web) -> Sitemaps:
        async with web.enter(site.origin("acme.test")) as visit:
            return await visit.sitemap(bounds or SitemapBounds())

    return run(inside, lambda: local_web(site))


def named(site: HostileSite, *, most: int = 200) -> list[SitemapEntry]:
    return list(sitemaps(site, SitemapBounds(most)).entries)


def unread(site: HostileSite, bounds: SitemapBounds | None = None) -> dict[str, str]:
    """By path, why it wasn't read."""
    told = sitemaps(site, bounds).unread
    return {url.removeprefix(site.origin("acme.test")): says for url, says in told}


def paths(site: HostileSite, *, most: int = 200) -> list[str]:
    return [entry.url.removeprefix(site.origin("acme.test")) for entry in named(site, most=most)]


def urls(site: HostileSite, *paths: str) -> bytes:
    entries = "".join(f"<url><loc>{site.origin('acme.test')}{path}</loc></url>" for path in paths)
    return f'<?xml version="1.0"?><urlset>{entries}</urlset>'.encode()


def index(site: HostileSite, *paths: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{site.origin('acme.test')}{path}</loc></sitemap>" for path in paths)
    return f"<sitemapindex>{entries}</sitemapindex>".encode()


def test_one_that_robots_txt_names_is_read(site: HostileSite) -> None:
    site.robots["acme.test"] = f"Sitemap: {site.origin('acme.test')}/map".encode()
    site.pages["/map"] = page(urls(site, "/about", "/team"), kind="text/xml")

    assert paths(site) == ["/about", "/team"]


def test_without_one_that_is_named_the_usual_place_is_tried_and_its_redirect_followed(site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = to("/sitemap_index.xml")
    site.pages["/sitemap_index.xml"] = page(index(site, "/pages.xml.gz"), kind="application/xml")
    site.pages["/pages.xml.gz"] = page(gzip.compress(urls(site, "/about")), kind="application/gzip")

    assert paths(site) == ["/about"]


def test_of_an_index_the_pages_come_before_wares_and_posts(site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = page(index(site, "/product-sitemap.xml", "/a.xml", "/page-sitemap.xml"))
    for name in ("product-sitemap", "a", "page-sitemap"):
        site.pages[f"/{name}.xml"] = page(urls(site, f"/{name}/1", f"/{name}/2"))

    assert paths(site, most=5) == ["/page-sitemap/1", "/page-sitemap/2", "/a/1", "/a/2", "/product-sitemap/1"]


def test_one_address_that_is_no_address_costs_no_other_its_place(site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = page(urls(site, "/a\\b", "/about"))

    assert "/about" in paths(site)


def test_those_that_name_each_other_are_read_once(site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = page(index(site, "/a.xml", "/sitemap.xml"))
    site.pages["/a.xml"] = page(index(site, "/sitemap.xml", "/a.xml", "/b.xml"))
    site.pages["/b.xml"] = page(urls(site, "/about"))

    assert paths(site) == ["/about"]
    assert site.paths() == ["/robots.txt", "/sitemap.xml", "/a.xml", "/b.xml"]
    once = "It names itself, or an index that names it: each sitemap is read once."
    assert unread(site) == {"/sitemap.xml": once, "/a.xml": once}


def test_an_index_without_end_is_left_after_some_files(site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = page(index(site, *(f"/{number}.xml" for number in range(100))))
    for number in range(100):
        site.pages[f"/{number}.xml"] = page(urls(site))

    assert paths(site) == []
    assert len(site.asked) == 1 + MOST_FILES
    assert unread(site) == {"/9.xml": "It comes after 10 other sitemaps, which are read at most."}


def test_indexes_of_indexes_are_left_at_the_third(site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = page(index(site, "/1.xml"))
    for number in range(1, 9):
        site.pages[f"/{number}.xml"] = page(index(site, f"/{number + 1}.xml"))

    assert paths(site) == []
    assert site.paths() == ["/robots.txt", "/sitemap.xml", "/1.xml", "/2.xml"]
    assert unread(site) == {"/3.xml": "It is named by an index of indexes of indexes, which is followed no further."}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Not found</html>", b"\x1f\x8b broken", gzip.compress(b" " * 50_000_000, 1), b"<urlset><url><loc>"],
    ids=["empty", "html", "no gzip", "bomb", "broken off"],
)
def test_what_is_none_names_nothing(site: HostileSite, body: bytes) -> None:
    site.pages["/sitemap.xml"] = page(body)

    assert named(site) == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (page(b"no", status=500), "The server answered 500."),
        (page(b"\x1f\x8b broken"), "The reply says that it is gzip, and isn't."),
        (page(gzip.compress(b" " * 50_000_000)), "It is too long: its first 5,242,880 bytes were read."),
        (page(b"<urlset>" + b" " * 6_000_000), "It is too long: its first 5,242,880 bytes were read."),
        (to("http://10.0.0.1/"), "10.0.0.1 is a private network; ALLOWED_PRIVATE_NETWORKS says which of these may be"),
        (to("/map"), "It leads on in a circle."),
    ],
    ids=["500", "no gzip", "bomb", "long", "inside", "circle"],
)
def test_one_that_cannot_be_read_is_told_with_its_reason(site: HostileSite, answer: Answer, says: str) -> None:
    site.robots["acme.test"] = f"Sitemap: {site.origin('acme.test')}/map".encode()
    site.pages["/map"] = answer

    told = unread(site)

    assert list(told) == ["/map"]
    assert told["/map"].startswith(says)


def test_of_one_that_nobody_named_nothing_is_told(site: HostileSite) -> None:
    assert sitemaps(site) == Sitemaps(byte_count=len(b"nothing here"))


def test_together_they_take_no_more_bytes_than_they_may(site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = page(index(site, "/1.xml", "/2.xml", "/3.xml"))
    for number in (1, 2, 3):
        site.pages[f"/{number}.xml"] = page(urls(site, f"/{number}") + b" " * 60_000)

    found = sitemaps(site, SitemapBounds(byte_count=100_000))

    assert [entry.url.rpartition("/")[2] for entry in found.entries] == ["1", "2"]
    assert found.byte_count == 100_000
    assert [url.rpartition("/")[2] for url, _ in found.unread] == ["2.xml", "3.xml"]


def test_what_was_found_before_their_time_was_up_is_kept(site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = page(index(site, "/page.xml", "/slow.xml", "/third.xml"))
    site.pages["/page.xml"] = page(urls(site, "/about"))
    site.pages["/slow.xml"] = drip

    found = sitemaps(site, SitemapBounds(total_s=0.5))

    assert [entry.url.rpartition("/")[2] for entry in found.entries] == ["about"]
    assert found.unread == ((f"{site.origin('acme.test')}/slow.xml", "The 0.5 s of all sitemaps were up."),)


def test_other_sites_and_addresses_inside_are_left_out(site: HostileSite) -> None:
    inside = (
        b"<url><loc>http://10.0.0.1/</loc></url><url><loc>http://other.test/</loc></url><url><loc>file:///x</loc></url>"
    )
    site.pages["/sitemap.xml"] = page(b"<urlset>" + inside + urls(site, "/about") + b"</urlset>")

    assert paths(site) == ["/about"]


def test_a_site_whose_robots_txt_is_out_of_reach_names_nothing(site: HostileSite) -> None:
    site.robots["acme.test"] = page(status=500)
    site.pages["/sitemap.xml"] = page(urls(site, "/about"))

    assert named(site) == []
    assert site.paths() == ["/robots.txt"]


def test_entries_are_read_as_they_are_written() -> None:
    text = """
      <urlset><url><lastmod>2026-11-01</lastmod><loc> https://a.test/1?x=1&amp;y=2 </loc></url>
      <url><loc><![CDATA[https://a.test/2]]></loc><lastmod>2026-11-01T10:00:00+02:00</lastmod>
      <image:image><image:loc>https://a.test/picture.png</image:loc></image:image></url>
      <url><loc>https://a.test/3</loc><lastmod>yesterday</lastmod></url></urlset>
    """

    assert listed(text, most=9).entries == (
        SitemapEntry("https://a.test/1?x=1&y=2", datetime(2026, 11, 1, tzinfo=UTC)),
        SitemapEntry("https://a.test/2", datetime(2026, 11, 1, 8, tzinfo=UTC)),
        SitemapEntry("https://a.test/3", None),
    )


def test_a_list_of_lines_is_one_too() -> None:
    found = listed("https://a.test/1\nnothing\nhttps://a.test/2\n", most=9)

    assert [entry.url for entry in found.entries] == ["https://a.test/1", "https://a.test/2"]


@pytest.mark.parametrize("unit", ["<loc>", "<url><loc>", "<![CDATA[", "<", "<loc> ", "<loc>x", "\n"])
def test_no_file_takes_long(unit: str) -> None:
    text = unit * (2_000_000 // len(unit))
    began = time.process_time()

    listed(text, most=200)

    assert time.process_time() - began < 2.0

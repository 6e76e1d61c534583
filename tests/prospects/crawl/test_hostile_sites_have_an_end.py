"""Whatever a site is like, its crawl ends soon, and says why."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from aiohttp import web

from prospects.crawl.plan import CrawledPage, Refusal
from prospects.pages.models import Page
from tests.prospects.crawl.conftest import Crawled, html, paths
from tests.servers.hostile_site import PAGES, HostileSite, drip, page

Answer = Callable[[HostileSite, web.Request], Awaitable[web.StreamResponse]]


def endless(body: Callable[[str], bytes], *, is_here: Callable[[str], bool] = lambda path: True) -> dict[str, Answer]:
    """A site that has a page at whatever path is asked for."""

    async def answer(site: HostileSite, request: web.Request) -> web.StreamResponse:
        if not is_here(request.path):
            return web.Response(status=404, text="nothing here")
        return web.Response(body=body(request.path_qs), content_type="text/html")

    class Everywhere(dict[str, Answer]):
        def get(self, path: str, default: object = None) -> Answer:
            return answer

    return Everywhere()


def calendar(path: str) -> bytes:
    number = int(path.rpartition("/")[2] or "0") if path != "/" else 0
    return html(f"Month {number}", f"/calendar/{number + 1}", f"/calendar/{number + 2}", "/about")


def test_a_calendar_without_end(crawled: Crawled, server: HostileSite) -> None:
    server.pages = endless(lambda path: html("About") if path == "/about" else calendar(path))

    result = crawled(most_pages=100, most_depth=99)

    assert result.stop_reason == "done"
    assert len([path for path in paths(result) if path.startswith("/calendar")]) == 5
    assert (
        result.says
        == "Every page that was asked for has been read: 7 pages. Addresses without end that were left out: 2."
    )
    says = "It differs from 5 others in numbers alone, as the days of a calendar do; 2 such addresses were left out."
    assert result.refusals == (Refusal("http://acme.com/calendar/6", "endless", says),)


def test_queries_and_paths_without_end(crawled: Crawled, server: HostileSite) -> None:
    def growing(path: str) -> bytes:
        plain = path.partition("?")[0].rstrip("/")
        return html(path, f"{plain}/a", f"{plain}/b", *(f"{plain or '/'}?sort={word}" for word in "abcdefgh"))

    server.pages = endless(growing)

    result = crawled(most_pages=400, most_depth=99, most_s=20)

    assert result.stop_reason == "done"
    assert len(result.pages) < 150
    assert {refusal.code for refusal in result.refusals} == {"endless"}
    queries, grown = (refusal.says for refusal in result.refusals)
    assert queries.startswith("It differs from 3 others in its query alone, as lists in another order do; ")
    assert queries.endswith(" such addresses were left out.")
    assert grown.startswith(
        "Its path repeats itself, or is deeper than paths are: so are links that grow without end; "
    )


def test_a_page_of_dead_links(crawled: Crawled, server: HostileSite) -> None:
    words = [f"/{a}{b}" for a in "abcdefghijkl" for b in "abcdefghijkl"]
    server.pages["/"] = page(html("Acme", *words))

    result = crawled(most_pages=4)

    assert (result.stop_reason, len(result.pages)) == ("pages", 1)
    assert result.counts.fetched == 13
    assert len(result.refusals) == 12
    assert {refusal.code for refusal in result.refusals} == {"http_404"}


def test_a_site_that_hangs(crawled: Crawled, server: HostileSite) -> None:
    async def hang(site: HostileSite, request: web.Request) -> web.StreamResponse:
        with suppress(ConnectionError):
            await asyncio.sleep(30)
        return web.Response()

    server.pages.update({"/": page(html("Acme", "/about", "/contact")), "/about": hang, "/contact": hang})

    result = crawled(most_s=0.8, terms={"total_s": 10.0})

    assert (result.stop_reason, paths(result)) == ("time", ["/"])
    assert [each.code for each in result.degraded] == ["timed_out"]
    assert result.took_ms < 2500


def test_a_sitemap_that_hangs_costs_a_share_of_the_time(crawled: Crawled, server: HostileSite) -> None:
    server.robots["acme.com"] = b"".join(b"Sitemap: http://acme.com/%d.xml\n" % number for number in range(5))
    server.pages.update({"/": page(html("Acme", "/about", "/contact")), "/about": page(html("About"))})
    server.pages["/contact"] = page(html("Contact"))
    server.pages.update({f"/{number}.xml": drip for number in range(5)})

    result = crawled(most_s=2)

    assert (result.stop_reason, sorted(paths(result))) == ("done", ["/", "/about", "/contact"])
    (refusal,) = result.refusals
    assert (refusal.url, refusal.code, refusal.says) == (
        "http://acme.com/0.xml", "sitemap", "The 0.5 s of all sitemaps were up.",
    )  # fmt: skip
    assert (result.counts.refused, result.degraded) == (0, ())


def test_sitemaps_count_and_leave_bytes_for_pages(crawled: Crawled, server: HostileSite) -> None:
    server.pages.update({"/": page(html("Acme", "/about")), "/about": page(html("About"))})
    server.pages["/sitemap.xml"] = page(b"<urlset>" + b" " * 1_000_000)

    result = crawled(most_bytes=100_000)

    assert sorted(paths(result)) == ["/", "/about"]
    assert 25_000 < result.byte_count < 26_000
    assert [refusal.code for refusal in result.refusals] == ["sitemap"]


def test_a_home_that_hangs(crawled: Crawled, server: HostileSite) -> None:
    async def hang(site: HostileSite, request: web.Request) -> web.StreamResponse:
        with suppress(ConnectionError):
            await asyncio.sleep(30)
        return web.Response()

    server.pages["/"] = hang

    result = crawled(most_s=0.6, terms={"total_s": 10.0})

    assert (result.stop_reason, result.code) == ("unreachable", "timed_out")
    assert result.degraded[0].code == "site_down"


def test_robots_that_refuse(crawled: Crawled, server: HostileSite) -> None:
    server.pages.update({"/": page(html("Acme", "/about", "/contact")), "/about": page(html("About"))})
    server.pages["/contact"] = page(html("Contact"))
    server.robots["acme.com"] = b"User-agent: *\nDisallow: /contact\n"

    result = crawled()

    assert (result.stop_reason, paths(result), result.counts.refused) == ("done", ["/", "/about"], 1)
    (refusal,) = result.refusals
    assert (refusal.url, refusal.code) == ("http://acme.com/contact", "robots")
    assert [each.code for each in result.degraded] == ["robots"]
    assert Page.objects.get(url="http://acme.com/contact").outcome == "refused"
    assert "/contact" not in server.paths()


def test_robots_that_are_longer_than_what_is_looked_at(crawled: Crawled, server: HostileSite) -> None:
    server.pages.update({"/": page(html("Acme", "/about", "/private")), "/about": page(html("About"))})
    server.robots["acme.com"] = b"User-agent: *\nDisallow: /private\n" + b"# nothing\n" * 1_000_000 + b"Disallow: /\n"

    result = crawled()

    assert sorted(paths(result)) == ["/", "/about"]
    assert {refusal.url: (refusal.code, refusal.says[:28]) for refusal in result.refusals} == {
        "http://acme.com/robots.txt": ("too_large", "It is longer than 524,288 by"),
        "http://acme.com/private": ("robots", "Its robots.txt asks AssayBot"),
    }


def test_robots_that_are_broken_refuse_all(crawled: Crawled, server: HostileSite) -> None:
    server.pages["/"] = page(html("Acme"))
    server.robots["acme.com"] = page(b"", status=500)

    result = crawled()

    assert (result.stop_reason, result.code, result.pages) == ("unreachable", "robots_unreachable", ())
    assert "/" not in server.paths("acme.com")


def test_a_parked_domain(crawled: Crawled, server: HostileSite) -> None:
    words = "This domain is for sale. Buy this domain. acme.com is parked free, courtesy of its registrar."
    server.pages["/"] = page(f"<html><title>acme.com</title><h1>acme.com</h1><p>{words}</p></html>".encode())

    result = crawled()

    assert (result.stop_reason, result.code, result.pages) == ("parked", "parked", ())
    assert Page.objects.get(url="http://acme.com/").outcome == "skipped"


def test_a_home_made_by_javascript_is_said_to_be_and_its_sitemap_is_asked(
    crawled: Crawled, server: HostileSite
) -> None:
    app = b'<html><head><title>Acme</title><script src="/app.js"></script></head><body><div id="root"></div></body>'
    about = b"<url><loc>http://acme.com/about</loc></url>"
    sitemap = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + about + b"</urlset>"
    server.pages.update({"/": page(app), "/about": page(html("About"))})
    server.pages["/sitemap.xml"] = page(sitemap, kind="application/xml")

    result = crawled()

    assert paths(result) == ["/", "/about"]
    assert [each.code for each in result.degraded] == ["javascript_only"]


def test_a_site_that_asks_to_be_left_alone(crawled: Crawled, server: HostileSite) -> None:
    server.pages["/"] = page(html("Acme", "/about", "/contact", "/team"))
    server.pages["/about"] = page(b"slow down", status=429, Retry_After="3600")
    server.pages["/contact"] = page(b"slow down", status=429, Retry_After="3600")

    result = crawled(terms={"per_host": 1})

    assert (result.stop_reason, result.code, paths(result)) == ("refused", "host_busy", ["/"])
    assert "/team" not in server.paths()
    (said,) = result.degraded
    assert said.code == "host_busy"
    assert said.says.startswith("acme.com: It asked to be left alone for another 3")
    assert said.says.endswith(" s. Pages may be missing.")


@pytest.mark.parametrize("status", [200, 204, 304])
def test_a_home_with_nothing_in_it_is_down_and_takes_nothing_away(
    crawled: Crawled, server: HostileSite, status: int
) -> None:
    server.pages["/"] = page(html("Acme"))
    first = crawled()
    if status == 304:
        Page.objects.all().delete()
    server.pages["/"] = page(b" \n" if status == 200 else b"", status=status)

    again = crawled(is_forced=True)

    assert (again.stop_reason, again.code) == ("unreachable", "empty")
    assert again.says.startswith(f"acme.com can't be read: The server answered {status}")
    assert again.says.endswith(", and nothing else.")
    assert [each.hash for each in again.pages] == ([] if status == 304 else [each.hash for each in first.pages])
    assert [each.code for each in again.degraded] == ["site_down"]
    row = Page.objects.get(url="http://acme.com/")
    assert (row.outcome, row.code, row.status) == ("failed", "empty", status)


def test_pages_that_are_cut_say_so(crawled: Crawled, server: HostileSite) -> None:
    server.pages["/"] = page(html("Acme", "/long", "/about"))
    server.pages["/about"] = page(html("About"))
    server.pages["/long"] = page(html("Long", more="word " * 300_000))

    result = crawled()

    assert len(result.pages) == 3
    reasons = {row.url.rpartition("/")[2]: (row.outcome, row.code, row.reason) for row in Page.objects.all()}
    cut = "It is longer than what is read of a page: what its beginning says was kept."
    assert reasons == {"": ("read", "", ""), "about": ("read", "", ""), "long": ("read", "", cut)}


def test_bytes_that_brought_no_page_count(crawled: Crawled, server: HostileSite) -> None:
    server.pages["/"] = page(html("Acme", *(f"/{word}" for word in ("about", "contact", "team", "imprint", "jobs"))))
    for word in ("about", "contact", "team", "imprint", "jobs"):
        server.pages[f"/{word}"] = PAGES["/bomb"]

    result = crawled(most_bytes=1_500_000, terms={"per_host": 1})

    assert (result.stop_reason, paths(result)) == ("bytes", ["/"])
    assert result.byte_count > 2_000_000
    # Two are in flight at once.
    assert result.counts.fetched in (3, 4)


def test_what_is_no_page_has_a_reason(crawled: Crawled, server: HostileSite) -> None:
    server.pages["/"] = page(html("Acme", "/report", "/gone", "/private", "/moved"))
    server.pages["/report"] = page(b"%PDF-1.7", kind="application/pdf")
    server.pages["/private"] = page(b"no", status=403)

    result = crawled()

    said = {refusal.url.rpartition("/")[2]: refusal.code for refusal in result.refusals}
    assert said == {"report": "wrong_type", "gone": "http_404", "private": "http_403", "moved": "http_404"}
    assert (result.counts.refused, result.counts.failed) == (2, 0)


def test_a_fault_of_ours_is_raised_and_leaves_nothing_running(crawled: Crawled, server: HostileSite) -> None:
    server.pages.update({"/": page(html("Acme", "/about", "/contact")), "/about": page(html("About"))})

    def broken(each: CrawledPage) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crawled(enough=broken)

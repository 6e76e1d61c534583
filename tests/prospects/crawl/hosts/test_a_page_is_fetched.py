"""What a page's fetch brings: what it says of itself, what led to it, and whether it changed."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from aiohttp import web

from prospects.crawl.hosts.fetched import HostVisit, NotFetched
from prospects.crawl.hosts.web import Web
from tests.prospects.crawl.hosts.conftest import local_web, run
from tests.servers.hostile_site import PAGE, HostileSite, page, to

T = TypeVar("T")


def visiting(site: HostileSite, work: Callable[[HostVisit], Awaitable[T]]) -> T:
    async def inside(web: Web) -> T:
        async with web.enter(site.origin("acme.test")) as visit:
            return await work(visit)

    return run(inside, lambda: local_web(site))


def test_redirects_within_a_site_are_followed_each_by_the_robots_txt_of_its_origin(site: HostileSite) -> None:
    site.pages["/old"] = to("http://www.acme.test:{port}/new", status=301)
    site.pages["/new"] = page(ETag='"1"')

    fetched = visiting(site, lambda visit: visit.fetch(site.origin("acme.test") + "/old#top"))

    assert (fetched.url, fetched.status) == (site.origin("acme.test") + "/old#top", 200)
    assert fetched.final_url == site.origin("www.acme.test") + "/new"
    assert fetched.redirects == (site.origin("acme.test") + "/old",)
    assert (fetched.body, fetched.headers["etag"], fetched.is_truncated) == (PAGE, '"1"', False)
    assert [(asked.host, asked.path) for asked in site.asked] == [
        ("acme.test", "/robots.txt"),
        ("acme.test", "/old"),
        ("www.acme.test", "/robots.txt"),
        ("www.acme.test", "/new"),
    ]


def test_the_robots_txt_of_where_a_redirect_leads_may_say_no(site: HostileSite) -> None:
    site.pages["/old"] = to("http://www.acme.test:{port}/new")
    site.robots["www.acme.test"] = b"User-agent: *\nDisallow: /new"

    with pytest.raises(NotFetched) as refused:
        visiting(site, lambda visit: visit.fetch(site.origin("acme.test") + "/old"))

    assert refused.value.code == "robots"
    assert site.paths("www.acme.test") == ["/robots.txt"]


def test_another_site_is_named_and_not_asked(site: HostileSite) -> None:
    with pytest.raises(NotFetched) as refused:
        visiting(site, lambda visit: visit.fetch(site.origin("acme.test") + "/to-elsewhere"))

    assert (refused.value.code, refused.value.leads_to) == ("off_site", site.origin("elsewhere.test") + "/")
    assert site.paths("elsewhere.test") == []


def test_what_has_not_changed_is_not_sent_again(site: HostileSite) -> None:
    async def answer(site: HostileSite, request: web.Request) -> web.Response:
        return web.Response(status=304 if request.headers.get("If-None-Match") == '"1"' else 200)

    site.pages["/"] = answer

    fetched = visiting(
        site,
        lambda visit: visit.fetch(
            site.origin("acme.test") + "/", etag='"1"', last_modified="Sun, 01 Nov 2026 00:00:00 GMT"
        ),
    )

    assert (fetched.status, fetched.is_not_modified, fetched.body) == (304, True, b"")
    assert site.asked[-1].headers["if-modified-since"] == "Sun, 01 Nov 2026 00:00:00 GMT"


def test_what_can_be_no_header_is_not_sent(site: HostileSite) -> None:
    visiting(site, lambda visit: visit.fetch(site.origin("acme.test") + "/", etag='"1"\r\nX-Evil: 1'))

    assert {"if-none-match", "x-evil"} & site.asked[-1].headers.keys() == set()


def test_an_error_has_its_status_and_no_long_body(site: HostileSite) -> None:
    site.pages["/small"] = page(b"<html>gone", status=410)
    site.pages["/large"] = page(b"x" * 100_000, status=500, kind="application/json")

    async def work(visit: HostVisit) -> list[tuple[int, bytes]]:
        found = [await visit.fetch(site.origin("acme.test") + path) for path in ("/small", "/large")]
        return [(each.status, each.body) for each in found]

    assert visiting(site, work) == [(410, b"<html>gone"), (500, b"")]


def test_whether_a_page_may_be_read_is_told_without_asking_for_it(site: HostileSite) -> None:
    site.robots["acme.test"] = b"User-agent: *\nDisallow: /private"

    async def work(visit: HostVisit) -> list[bool]:
        return [await visit.may(site.origin("acme.test") + path) for path in ("/private/1", "/public")]

    assert visiting(site, work) == [False, True]
    assert site.paths() == ["/robots.txt"]

"""When a site is asked, as its own log has it."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
from aiohttp import web

from prospects.crawl.hosts import web as hosts_web
from prospects.crawl.hosts.asking import MOST_REST_S, rest_s
from prospects.crawl.hosts.fetched import HostVisit, NotFetched
from prospects.crawl.hosts.web import Web
from tests.prospects.crawl.hosts.conftest import AGENT, local_web, run
from tests.servers.hostile_site import HostileSite, page, to

# A request arrives later than it was sent, and the next one maybe not.
JITTER_S = 0.05


def visiting(site: HostileSite, work: Callable[[HostVisit], Awaitable[None]], **terms: object) -> None:
    async def inside(web: Web) -> None:
        async with web.enter(site.origin("acme.test")) as visit:
            await work(visit)

    run(inside, lambda: local_web(site, **terms))


def gaps(site: HostileSite) -> list[float]:
    return [later - earlier for earlier, later in pairwise(site.times("acme.test"))]


def test_requests_keep_their_distance_robots_txt_and_redirects_among_them(site: HostileSite) -> None:
    site.pages["/moved"] = to("/", status=301)

    async def work(visit: HostVisit) -> None:
        await asyncio.gather(*(visit.fetch(site.origin("acme.test") + path) for path in ("/moved", "/?1", "/?2")))

    visiting(site, work, delay_ms=200)

    assert len(gaps(site)) == 4
    assert min(gaps(site)) > 0.2 - JITTER_S


def test_where_robots_txt_leads_is_asked_at_a_distance_too(site: HostileSite) -> None:
    site.robots["acme.test"] = to("/robots/1")
    site.pages.update(
        {"/robots/1": to("/robots/2"), "/robots/2": page(b"User-agent: *\nDisallow: /x", kind="text/plain")}
    )

    async def work(visit: HostVisit) -> None:
        assert not await visit.may(site.origin("acme.test") + "/x")

    visiting(site, work, delay_ms=200)

    assert site.paths("acme.test") == ["/robots.txt", "/robots/1", "/robots/2"]
    assert min(gaps(site)) > 0.2 - JITTER_S


def test_a_crawl_delay_slows_it_from_the_first_page_on(site: HostileSite) -> None:
    site.robots["acme.test"] = b"User-agent: *\nCrawl-delay: 0.3\n"

    async def work(visit: HostVisit) -> None:
        await asyncio.gather(*(visit.fetch(site.origin("acme.test") + path) for path in ("/?1", "/?2")))
        assert visit.crawl_delay_ms == 300
        assert visit.robots_says == "Its robots.txt asks for 0.3 s between requests; 0.3 s are left."

    visiting(site, work, delay_ms=10)

    assert min(gaps(site)) > 0.3 - JITTER_S


@pytest.mark.parametrize(("robots", "most"), [(b"", 2), (b"User-agent: *\nCrawl-delay: 0.01\n", 1)])
def test_so_many_requests_are_under_way_at_once(site: HostileSite, robots: bytes, most: int) -> None:
    under_way, seen = 0, []

    async def slow(site: HostileSite, request: web.Request) -> web.Response:
        nonlocal under_way
        under_way += 1
        seen.append(under_way)
        await asyncio.sleep(0.1)
        under_way -= 1
        return web.Response(text="<html>", content_type="text/html")

    site.pages["/slow"] = slow
    site.robots["acme.test"] = robots

    async def work(visit: HostVisit) -> None:
        await asyncio.gather(*(visit.fetch(site.origin("acme.test") + f"/slow?{number}") for number in range(6)))

    visiting(site, work, per_host=2)

    assert max(seen) == most


def test_retry_after_is_waited_for(site: HostileSite) -> None:
    site.pages["/busy"] = page(status=503, Retry_After="1")

    async def work(visit: HostVisit) -> None:
        assert (await visit.fetch(site.origin("acme.test") + "/busy")).status == 503
        await visit.fetch(site.origin("acme.test") + "/")

    visiting(site, work)

    assert gaps(site)[-1] > 1 - JITTER_S


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("99999999999999", MOST_REST_S),
        ("Sun, 01 Nov 2020 00:00:00 GMT", 0.0),
        ("Sun, 01 Nov 2099 00:00:00 GMT", MOST_REST_S),
        ("Sun, 01 Nov 99999 00:00:00 GMT", 10.0),
        ("soon", 10.0),
        ("-1", 10.0),
        ("\u0661", 10.0),
        ("", 10.0),
    ],
)
def test_a_rest_is_as_long_as_was_asked_and_no_longer_than_an_hour(said: str, seconds: float) -> None:
    assert rest_s({"Retry-After": said}) == seconds


def test_who_asks_for_a_long_rest_is_left_alone(site: HostileSite) -> None:
    site.pages["/busy"] = page(status=429, Retry_After="3600")

    async def work(visit: HostVisit) -> None:
        await visit.fetch(site.origin("acme.test") + "/busy")
        with pytest.raises(NotFetched) as refused:
            await visit.fetch(site.origin("acme.test") + "/")
        assert (refused.value.code, refused.value.is_final) == ("host_busy", False)
        assert refused.value.says == "It asked to be left alone for another 3600 s."

    visiting(site, work)

    assert site.paths("acme.test") == ["/robots.txt", "/busy"]


def test_each_request_says_who_asks(site: HostileSite) -> None:
    async def work(visit: HostVisit) -> None:
        await visit.fetch(site.origin("acme.test") + "/")

    visiting(site, work)

    assert {asked.headers["user-agent"] for asked in site.asked} == {AGENT}


def test_a_site_has_one_visit_at_a_time(site: HostileSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts_web, "PATIENCE_S", 0.1)

    async def inside(web: Web) -> None:
        async with web.enter(site.origin("acme.test")):
            with pytest.raises(NotFetched) as refused:
                async with web.enter(site.origin("www.acme.test")):
                    pass
            assert (refused.value.code, refused.value.says) == ("host_busy", "It is being visited already.")
            async with web.enter(site.origin("other.test")):
                pass
        async with web.enter(site.origin("www.acme.test")):
            pass

    run(inside, lambda: local_web(site))

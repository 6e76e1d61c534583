"""A small web for crawls: every name leads to one server of pages, and what is read goes into the store."""

import asyncio
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from performance.outbound.guard import Guard
from prospects.crawl.hosts.fetched import Terms
from prospects.crawl.hosts.web import Web
from prospects.crawl.plan import CrawledPage, CrawlPlan, CrawlResult
from prospects.crawl.site import crawl_site
from prospects.pages.reading import known_pages
from prospects.pages.writer import writer_for_loop
from tests.servers.hostile_site import HostileSite, hostile_site
from tests.servers.web.names import names

SITE = "acme.com"
LOOPBACK = [ip_network("127.0.0.1/32")]
Crawled = Callable[..., CrawlResult]


def own_web(**terms: Any) -> Web:
    """As `web_for_loop()`, but for the addresses and the haste."""
    asked = Terms(**{"user_agent": "AssayBot/1", "delay_ms": 0, "total_s": 2.0, **terms})
    return Web(terms=asked, guard=Guard(networks=LOOPBACK, ports={80, 443}))


@pytest.fixture
def server() -> Iterator[HostileSite]:
    """Serves http://<any name>/; nobody answers on 443."""
    with hostile_site() as site, names(site.port):
        site.pages.clear()
        yield site


@pytest.fixture
def crawled(transactional_db: None, server: HostileSite) -> Crawled:
    """Crawls a site with what the store knows of it, and stores what it reads."""

    def crawl(
        site: str = SITE, *, enough: Callable[[CrawledPage], bool] | None = None, terms: dict[str, Any] | None = None,
        **plan: Any,
    ) -> CrawlResult:  # fmt: skip
        known = known_pages([site], since=None).get(site, [])

        async def inside() -> CrawlResult:
            async with own_web(**(terms or {})) as web:
                plan_of = CrawlPlan(site, **plan)
                return await crawl_site(plan_of, web=web, writer=writer_for_loop(), known=known, enough=enough)

        return asyncio.run(inside())

    return crawl


def html(title: str, *links: str, more: str = "") -> bytes:
    """A page of some words that links to these addresses."""
    anchors = "".join(f'<a href="{link}">{link.strip("/") or "home"}</a> ' for link in links)
    words = f"{title} is a company that makes what it says on the tin, and has done so for many years. " * 3
    body = f"<body><p>{words}{more}</p>{anchors}</body>"
    return f"<!doctype html><html><head><title>{title}</title></head>{body}</html>".encode()


def paths(result: CrawlResult) -> list[str]:
    return ["/" + page.url.split("/", 3)[3] for page in result.pages]

"""A visit to a page as its row. Pure."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson

from performance.database.text import storable
from prospects.companies.normalise.domain import domain
from prospects.pages.parsed import Link, PageRead, ParsedPage
from prospects.pages.urls import canonical_url, page_id

MOST_LINKS, _MOST_EXTERNALS, _MOST_REDIRECTS = 300, 100, 10
_MOST_HEADER = 300

# In the order of `row_of`: name and type.
COLUMNS = (
    ("id", "uuid"), ("site", "text"), ("url", "text"), ("final_url", "text"), ("outcome", "text"), ("code", "text"),
    ("reason", "text"), ("status", "int"), ("kind", "text"), ("title", "text"), ("text_id", "uuid"), ("links", "json"),
    ("facts", "json"), ("depth", "int"), ("byte_count", "int"), ("elapsed_ms", "int"), ("fetched_at", "timestamptz"),
)  # fmt: skip


def row_of(read: PageRead) -> tuple[Any, ...]:
    """As COLUMNS; what doesn't find room is cut off."""
    parsed, transfer = read.parsed, read.transfer
    url = canonical_url(read.url) or read.url[:2000]
    return (
        str(page_id(url)),
        read.site[:253],
        storable(url),
        storable(transfer.final_url[:2000]),
        read.outcome,
        read.code[:40],
        storable(read.reason[:300]),
        read.status,
        read.kind[:12],
        parsed.document.title[:300] if parsed else "",
        str(parsed.document.hash) if parsed else None,
        orjson.dumps(_own_links(_site_of(url, read.site), parsed.links) if parsed else []).decode(),
        orjson.dumps(_facts(read)).decode(),
        min(read.depth, 32_767),
        transfer.byte_count,
        transfer.elapsed_ms,
        read.at.isoformat(),
    )


def _site_of(url: str, site: str) -> str:
    """Where the page itself is: a site that has moved has its pages elsewhere."""
    return site if is_on(url, site=site) else domain(url) or site


def _own_links(site: str, links: tuple[Link, ...]) -> list[str]:
    """Canonical, each once."""
    own = dict.fromkeys(url for link in links if (url := _own(link.url, site)))
    return list(own)[:MOST_LINKS]


@lru_cache(maxsize=4096)
def _own(url: str, site: str) -> str:
    """Canonical, or "" for another site's. Most links of a page stand on all pages of its site."""
    canonical = canonical_url(url) if site in url else None
    return canonical if canonical and is_on(canonical, site=site) else ""


@lru_cache(maxsize=4096)
def is_on(url: str, *, site: str) -> bool:
    """Whether an HTTP URL is the site's, a registrable domain's, or one of its subdomains'."""
    host = url.partition("://")[2].partition("/")[0].partition(":")[0]
    return host == site or host.endswith(f".{site}")


def _facts(read: PageRead) -> dict[str, Any]:
    """What is there."""
    return {name: value for name, value in _all_facts(read) if value}


def _all_facts(read: PageRead) -> Iterator[tuple[str, Any]]:
    transfer = read.transfer
    yield "etag", storable(transfer.etag[:_MOST_HEADER])
    yield "last_modified", storable(transfer.last_modified[:_MOST_HEADER])
    yield "content_type", storable(transfer.content_type[:_MOST_HEADER])
    yield "redirects", [storable(url[:2000]) for url in transfer.redirects[:_MOST_REDIRECTS]]
    if read.parsed:
        yield from _said(read.parsed, site=read.site)


def _said(parsed: ParsedPage, *, site: str) -> Iterator[tuple[str, Any]]:
    yield "charset", parsed.charset
    yield "canonical", parsed.document.canonical
    yield "flags", sorted(parsed.flags)
    web = (
        link.url for link in parsed.links if link.url.startswith("http") and link.rel not in ("stylesheet", "canonical")
    )
    yield "externals", list(dict.fromkeys(url for url in web if not is_on(url, site=site)))[:_MOST_EXTERNALS]

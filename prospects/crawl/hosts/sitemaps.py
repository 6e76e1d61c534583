"""Which pages a site's sitemaps name (https://www.sitemaps.org/protocol.html), within bounds."""

import html
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from performance.outbound.client import Reply
from performance.outbound.errors import BadReply
from performance.outbound.inflate import Body
from prospects.crawl.hosts.fetched import NotFetched, SitemapEntry

MOST_FILES = 10
MOST_FILE_BYTES = 5 * 1024 * 1024
# An index that names indexes is against the protocol, and found all the same.
_MOST_DEPTH = 2
_TAG = re.compile(r"<(sitemapindex|url|sitemap)\b|<(loc|lastmod)>\s*(?:<!\[CDATA\[\s*)?([^<\]]{0,2500})", re.IGNORECASE)
# Of an index, those that hold what a company says of itself come first, and long lists of wares last.
_FIRST = re.compile(r"page|main|static|about|company|general", re.IGNORECASE)
_LAST = re.compile(r"post|product|image|video|tag|category|news|blog|author|event|forum", re.IGNORECASE)
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Listed:
    """What a file names: further files where `is_index`."""

    is_index: bool
    entries: tuple[SitemapEntry, ...]


def listed(text: str, *, most: int) -> Listed:
    """By its tags alone: a sitemap is often no XML that a parser takes, and no parser means no entities to expand."""
    if not (found := next(_TAG.finditer(text), None)):
        lines = (line.strip() for line in text.splitlines()[: most * 2])
        return Listed(False, tuple(SitemapEntry(line) for line in lines if _is_url(line))[:most])
    is_index = (found[1] or "").lower() in {"sitemapindex", "sitemap"}
    return Listed(is_index, tuple(_first(_entries(text), most)))


def _entries(text: str) -> Iterator[SitemapEntry]:
    """A <lastmod> belongs to the <url> that it stands in, before or after the <loc>."""
    url, at = "", None
    for tag in _TAG.finditer(text):
        if tag[1]:
            if url:
                yield SitemapEntry(url, at)
            url, at = "", None
        elif tag[2].lower() == "lastmod":
            at = _moment(tag[3])
        else:
            url = html.unescape(tag[3].strip())
    if url:
        yield SitemapEntry(url, at)


def _first(entries: Iterator[SitemapEntry], most: int) -> Iterator[SitemapEntry]:
    for entry in entries:
        if most <= 0:
            return
        if _is_url(entry.url):
            most -= 1
            yield entry


def _is_url(text: str) -> bool:
    return text.startswith(("https://", "http://")) and len(text) <= _LONGEST


def _moment(text: str) -> datetime | None:
    """W3C's subset of ISO 8601, as far as Python reads it; a date alone is its beginning in UTC."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Reader:
    """Reads a site's sitemaps until there are `most` entries: at most MOST_FILES files, each once."""

    def __init__(self, ask: Callable[[str], Awaitable[Reply]], *, is_here: Callable[[str], bool], most: int) -> None:
        """`ask` raises NotFetched; `is_here` says of a URL whether it is of this site."""
        self._ask = ask
        self._is_here = is_here
        self._most = most
        self._asked: set[str] = set()
        self._found: dict[str, SitemapEntry] = {}

    async def read(self, urls: Sequence[str]) -> Sequence[SitemapEntry]:
        await self._read_all(urls, depth=0)
        return list(self._found.values())

    async def _read_all(self, urls: Sequence[str], *, depth: int) -> None:
        for url in urls:
            if len(self._found) >= self._most or len(self._asked) >= MOST_FILES:
                return
            if url not in self._asked and self._is_here(url):
                self._asked.add(url)
                await self._read(url, depth=depth)

    async def _read(self, url: str, *, depth: int) -> None:
        try:
            text = _text(await self._ask(url))
        except (NotFetched, BadReply):
            return
        found = listed(text, most=self._most)
        if not found.is_index:
            self._keep(found.entries)
        elif depth < _MOST_DEPTH:
            await self._read_all(sorted((entry.url for entry in found.entries), key=_rank), depth=depth + 1)

    def _keep(self, entries: Sequence[SitemapEntry]) -> None:
        for entry in entries:
            if len(self._found) >= self._most:
                return
            if self._is_here(entry.url):
                self._found.setdefault(entry.url, entry)


def _rank(url: str) -> int:
    name = url.rpartition("/")[2]
    if _LAST.search(name):
        return 2
    return 0 if _FIRST.search(name) else 1


def _text(reply: Reply) -> str:
    """Raises BadReply."""
    if reply.status != 200:
        return ""
    body = reply.body
    if body.startswith(b"\x1f\x8b"):
        inflated = Body(["gzip"], most=MOST_FILE_BYTES)
        inflated.feed(body)
        body = inflated.content()
    return body.decode("utf-8-sig", "replace")

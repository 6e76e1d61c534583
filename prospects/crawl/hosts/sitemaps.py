"""Which pages a site's sitemaps name (https://www.sitemaps.org/protocol.html), within bounds."""

import asyncio
import html
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from performance.outbound.client import Reply
from performance.outbound.errors import BadReply
from performance.outbound.inflate import Body
from prospects.crawl.hosts.fetched import NotFetched, SitemapBounds, SitemapEntry, Sitemaps

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
    """Reads a site's sitemaps within bounds: at most MOST_FILES files, each once, and as long as there is time."""

    def __init__(
        self, ask: Callable[[str, int], Awaitable[Reply]], *, is_here: Callable[[str], bool], bounds: SitemapBounds
    ) -> None:
        """`ask` is told how many bytes are read at most, and raises NotFetched; `is_here`: a URL is of this site."""
        self._ask = ask
        self._is_here = is_here
        self._bounds = bounds
        self._asked: dict[str, None] = {}
        self._found: dict[str, SitemapEntry] = {}
        self._unread: dict[str, str] = {}
        self._byte_count = 0
        self._is_guessed = False

    async def read(self, urls: Sequence[str], *, is_guessed: bool = False) -> Sitemaps:
        """`is_guessed` where nobody named them: that they aren't there is nothing to be told of."""
        self._is_guessed = is_guessed
        try:
            async with asyncio.timeout(self._bounds.total_s):
                await self._read_all(urls, within=())
        except TimeoutError:
            self._tell(next(reversed(self._asked), ""), f"The {self._bounds.total_s:g} s of all sitemaps were up.")
        return Sitemaps(tuple(self._found.values()), tuple(self._unread.items()), self._byte_count)

    async def _read_all(self, urls: Sequence[str], *, within: tuple[str, ...]) -> None:
        """`within` are the indexes that led here."""
        for url in urls:
            if len(self._found) >= self._bounds.entries:
                return
            if url in within:
                self._tell(url, "It names itself, or an index that names it: each sitemap is read once.")
            elif url not in self._asked and self._is_here(url):
                if why := self._why_not(len(within)):
                    self._tell(url, why)
                    return
                self._asked[url] = None
                await self._read(url, within=within)

    def _why_not(self, depth: int) -> str:
        if depth > _MOST_DEPTH:
            return "It is named by an index of indexes of indexes, which is followed no further."
        if len(self._asked) >= MOST_FILES:
            return f"It comes after {MOST_FILES} other sitemaps, which are read at most."
        if self._byte_count >= self._bounds.byte_count:
            return f"The sitemaps before it took all of the {self._bounds.byte_count:,} bytes that sitemaps may."
        return ""

    async def _read(self, url: str, *, within: tuple[str, ...]) -> None:
        most = min(MOST_FILE_BYTES, self._bounds.byte_count - self._byte_count)
        try:
            text = self._text(url, await self._ask(url, most))
        except NotFetched as error:
            self._tell(url, error.says)
            return
        except BadReply as error:
            self._tell(url, str(error))
            return
        found = listed(text, most=self._bounds.entries)
        if not found.is_index:
            self._keep(found.entries)
        else:
            await self._read_all(sorted((entry.url for entry in found.entries), key=_rank), within=(*within, url))

    def _text(self, url: str, reply: Reply) -> str:
        """Raises BadReply."""
        self._byte_count += len(reply.body)
        if reply.status != 200:
            if not self._is_guessed:
                self._tell(url, f"The server answered {reply.status}.")
            return ""
        body, is_cut = reply.body, reply.is_truncated
        if body.startswith(b"\x1f\x8b"):
            inflated = Body(["gzip"], most=MOST_FILE_BYTES)
            inflated.feed(body)
            body, is_cut = inflated.content(), is_cut or inflated.is_truncated
        if is_cut:
            self._tell(url, f"It is too long: its first {len(body):,} bytes were read.")
        return body.decode("utf-8-sig", "replace")

    def _tell(self, url: str, why: str) -> None:
        """The first reason of each, and of so many that a list of them can be read."""
        if len(self._unread) < MOST_FILES:
            self._unread.setdefault(url, why)

    def _keep(self, entries: Sequence[SitemapEntry]) -> None:
        for entry in entries:
            if len(self._found) >= self._bounds.entries:
                return
            if self._is_here(entry.url):
                self._found.setdefault(entry.url, entry)


def _rank(url: str) -> int:
    name = url.rpartition("/")[2]
    if _LAST.search(name):
        return 2
    return 0 if _FIRST.search(name) else 1

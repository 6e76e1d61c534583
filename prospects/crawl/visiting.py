"""One request of a crawl: a URL is fetched, parsed, judged and stored."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from prospects.companies.normalise.domain import domain
from prospects.crawl.frontier import Candidate
from prospects.crawl.hosts.fetched import Fetched, Hosts, HostVisit, NotFetched
from prospects.crawl.judging import READ, Verdict, of_failure, of_flags, of_status
from prospects.crawl.plan import CrawledPage
from prospects.crawl.tally import Reading
from prospects.crawl.urls import Parts, Scope, parts_of
from prospects.pages.errors import Unparsable
from prospects.pages.kinds import page_kind
from prospects.pages.parsed import KnownPage, PageRead, PageSink, ParsedPage, Transfer
from prospects.pages.parsing import parse
from prospects.pages.urls import canonical_url

# The page was never asked for, so there is nothing to be said of it.
_NOT_ASKED = frozenset({"host_busy"})
_MOVED = Verdict("moved", "", "It leads to another page of the site.")


@dataclass(slots=True)
class Visits:
    """The sites that a crawl is at: each is entered once, by whoever comes first, and left with the crawl.

    It is one site; two where it has moved.
    """

    web: Hosts
    # By site, and by each of its hosts that was asked for.
    _entered: dict[str, HostVisit] = field(default_factory=dict)
    _at_hosts: dict[str, HostVisit] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def at(self, parts: Parts) -> HostVisit:
        """Raises NotFetched."""
        if parts.host not in self._at_hosts:
            self._at_hosts[parts.host] = await self._entering(parts)
        return self._at_hosts[parts.host]

    async def _entering(self, parts: Parts) -> HostVisit:
        site = domain(parts.name) or parts.name
        async with self._lock:
            if site not in self._entered:
                self._entered[site] = await self._stack.enter_async_context(self.web.enter(parts.origin))
        return self._entered[site]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Reads the pages of one site. What it read is in the store when it returns."""

    scope: Scope
    visits: Visits
    writer: PageSink
    now: Callable[[], datetime]

    async def read(self, candidate: Candidate, *, known: KnownPage | None = None, is_door: bool = False) -> Reading:
        """What came of it; never raises for the web's faults. `known` is what the store has of this URL.

        Of a door that was closed nothing is stored before `keep`: others may be open.
        """
        try:
            fetched = await self._fetch(candidate, known)
        except NotFetched as error:
            return await self._failed(candidate, error, is_door=is_door)
        verdict = of_status(fetched, has_text=known is not None and known.hash is not None)
        if verdict is not READ:
            read = self._told(candidate, verdict, _transfer(fetched), status=fetched.status)
            return _closed(read, verdict) if is_door else await self._unread(read, verdict)
        if fetched.is_not_modified and known is not None and known.hash is not None:
            page = CrawledPage(known.url, known.kind or candidate.kind, known.hash, "same", self.now())
            return await self._same(candidate, fetched, page)
        return await self._parsed(candidate, fetched)

    async def keep(self, reading: Reading) -> Reading:
        """Store what came of a door."""
        if reading.unkept is None:
            return reading
        return replace(reading, change=await self.writer.write(reading.unkept), unkept=None)

    async def _failed(self, candidate: Candidate, error: NotFetched, *, is_door: bool) -> Reading:
        verdict = of_failure(error)
        if error.code in _NOT_ASKED:
            return Reading(candidate.url, candidate.url, verdict, depth=candidate.depth)
        transfer = Transfer(final_url=error.leads_to, byte_count=error.byte_count)
        read = self._told(candidate, verdict, transfer, status=error.status)
        reading = _closed(read, verdict) if is_door else await self._unread(read, verdict)
        return replace(reading, leads_to=error.leads_to)

    async def _fetch(self, candidate: Candidate, known: KnownPage | None) -> Fetched:
        parts = parts_of(candidate.url)
        if parts is None:
            raise NotFetched("bad_url", f"{candidate.url} is no web address.")
        visit = await self.visits.at(parts)
        if known is None or known.hash is None:
            return await visit.fetch(candidate.url)
        return await visit.fetch(candidate.url, etag=known.etag, last_modified=known.last_modified)

    async def _parsed(self, candidate: Candidate, fetched: Fetched) -> Reading:
        url = canonical_url(fetched.final_url) or candidate.url
        if (where := parts_of(url)) and url != candidate.url:
            self.scope.admit(where)
        try:
            parsed = parse(fetched.body, url=url, content_type=fetched.headers.get("content-type", ""))
        except Unparsable as error:
            verdict = Verdict("skipped", error.code, error.says)
            read = self._told(candidate, verdict, _transfer(fetched), status=fetched.status)
            return await self._unread(read, verdict)
        if fetched.is_truncated:
            parsed = replace(parsed, flags=parsed.flags | {"truncated"})
        final = candidate if url == candidate.url else replace(candidate, url=url)
        return await self._judged(final, fetched, parsed, asked=candidate)

    async def _judged(self, final: Candidate, fetched: Fetched, parsed: ParsedPage, *, asked: Candidate) -> Reading:
        """The page first, then that another URL leads to it: so a URL that has moved always leads to a known one."""
        verdict = of_flags(parsed.flags)
        kind = final.kind
        if kind == "other" and (kind := page_kind(final.url, title=parsed.document.title)) != "other":
            final = replace(final, kind=kind)
        is_read = verdict.outcome == "read"
        transfer = _transfer(fetched)
        read = self._told(final, verdict, transfer, status=fetched.status)
        change = await self.writer.write(replace(read, parsed=parsed) if is_read else read)
        if asked.url != final.url:
            await self.writer.write(self._told(asked, _MOVED, transfer, status=fetched.status))
        page = CrawledPage(final.url, kind, parsed.document.hash, change, self.now(), parsed) if is_read else None
        links = parsed.links if is_read else ()
        return Reading(asked.url, final.url, verdict, change, page, links, final.depth, len(fetched.body))

    async def _same(self, candidate: Candidate, fetched: Fetched, page: CrawledPage) -> Reading:
        """A 304: what the store has of it is what it says. Its links are known, and offered already."""
        read = self._told(candidate, READ, _transfer(fetched), status=fetched.status)
        change = await self.writer.write(read)
        return Reading(candidate.url, page.url, READ, change, replace(page, change=change), (), candidate.depth)

    async def _unread(self, read: PageRead, verdict: Verdict) -> Reading:
        return replace(_closed(read, verdict), change=await self.writer.write(read), unkept=None)

    def _told(self, candidate: Candidate, verdict: Verdict, transfer: Transfer, *, status: int | None) -> PageRead:
        return PageRead(
            url=candidate.url,
            site=self.scope.site,
            outcome=verdict.outcome,
            at=self.now(),
            code=verdict.code,
            reason=verdict.says,
            status=status,
            kind=candidate.kind,
            transfer=transfer,
            depth=candidate.depth,
        )


def _closed(read: PageRead, verdict: Verdict) -> Reading:
    """What came of a URL that brought no page, and isn't stored yet."""
    return Reading(read.url, read.url, verdict, depth=read.depth, byte_count=read.transfer.byte_count, unkept=read)


def _transfer(fetched: Fetched) -> Transfer:
    headers = fetched.headers
    return Transfer(
        final_url=fetched.final_url,
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
        content_type=headers.get("content-type", ""),
        redirects=fetched.redirects,
        byte_count=len(fetched.body),
        elapsed_ms=fetched.elapsed_ms,
    )

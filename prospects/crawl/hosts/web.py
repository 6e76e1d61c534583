"""The web, as this process's crawls ask it. One `Web` is of one event loop:

    async with web_for_loop().enter("https://example.com") as visit:
        page = await visit.fetch("https://example.com/about")

A site (a registrable domain, whatever the scheme and subdomain) has one visitor at a time over all processes.
"""

import asyncio
import contextlib
import os
import socket
import ssl
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from yarl import URL

from performance.outbound.client import Limits, Outbound
from performance.outbound.errors import OutboundError
from performance.outbound.guard import Guard
from performance.outbound.lookup import Lookup
from performance.outbound.urls import checked_url
from prospects.crawl.hosts.asking import Asker
from prospects.crawl.hosts.book import RobotsBook
from prospects.crawl.hosts.faults import told
from prospects.crawl.hosts.fetched import HostVisit, NotFetched, Terms
from prospects.crawl.hosts.leases import Lease, Leases
from prospects.crawl.hosts.memory import Departure, HostMemory, Unshared, Wish
from prospects.crawl.hosts.pace import Pace
from prospects.crawl.hosts.rows import Rows
from prospects.crawl.hosts.terms import configured_terms
from prospects.crawl.hosts.visit import Visit, site_of

# How long a visit waits to begin, and a request for its turn.
PATIENCE_S = 10.0
# Requests under way at once, over all sites.
AT_ONCE = 256
# Idle connections are open files: thirty sites a second leave sixty of them.
_KEEPALIVE_S = 4.0


class Web:
    """All that is asked in one event loop. Opened by the first visit."""

    def __init__(
        self,
        *,
        terms: Terms | None = None,
        guard: Guard | None = None,
        lookup: Lookup | None = None,
        tls: ssl.SSLContext | None = None,
        memory: HostMemory | None = None,
    ) -> None:
        """Without a `memory` no other process is heeded, and nothing is remembered from visit to visit."""
        self._terms = terms or configured_terms()
        self._guard = guard or Guard(ports=self._terms.ports)
        limits = Limits(
            total_s=self._terms.total_s,
            most_bytes=self._terms.most_bytes,
            connections=0,
            connections_per_host=0,
            keepalive_s=_KEEPALIVE_S,
        )
        self._outbound = Outbound(limits, guard=self._guard, lookup=lookup, tls=tls)
        self._leases = Leases(
            memory or Unshared(), holder=f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex}"
        )
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._opening = asyncio.Lock()
        self._is_open = False
        # What must live as long as this and is held by nobody else.
        self.keeps: tuple[object, ...] = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @contextlib.asynccontextmanager
    async def enter(self, origin: str) -> AsyncIterator[HostVisit]:
        """A visit to the site of `origin`. Raises NotFetched: host_busy after patience, or why it can't be asked."""
        try:
            url = checked_url(origin, guard=self._guard).origin()
        except OutboundError as error:
            raise told(error) from error
        key = f"https://{site_of(url)}"
        async with self._turn(key):
            await self._open()
            lease = await self._leases.take(Wish(key, _likely(url)), patience_s=PATIENCE_S)
            try:
                async with self._visited(url, lease) as visit:
                    yield visit
            finally:
                await self._leases.leave(lease)

    async def close(self) -> None:
        """Give back what is held and close the connections."""
        await self._leases.close()
        if self._is_open:
            self._is_open = False
            await self._outbound.__aexit__(None, None, None)

    @contextlib.asynccontextmanager
    async def _visited(self, origin: URL, lease: Lease) -> AsyncIterator[Visit]:
        terms = self._terms
        pace = Pace(
            delay_s=terms.delay_ms / 1000,
            at_once=terms.per_host,
            patience_s=PATIENCE_S,
            wait_s=lease.taken.wait_s,
        )
        asker = Asker(self._outbound, pace, lease, self._slots)
        book = RobotsBook(asker, terms=terms)
        visit = Visit(origin, asker=asker, book=book, guard=self._guard, terms=terms)
        try:
            yield visit
        finally:
            error = "" if visit.has_read else visit.error
            lease.departure = Departure(lease.key, wait_s=pace.wait_s, error=error, robots=book.read_now())

    @contextlib.asynccontextmanager
    async def _turn(self, key: str) -> AsyncIterator[None]:
        """Those of this loop come one after the other, without asking the database for it."""
        lock = self._order.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout(PATIENCE_S):
                await lock.acquire()
        except TimeoutError as error:
            raise NotFetched("host_busy", "It is being visited already.", is_final=False) from error
        try:
            yield
        finally:
            lock.release()

    async def _open(self) -> None:
        async with self._opening:
            if not self._is_open:
                await self._outbound.__aenter__()
                self._is_open = True


def _likely(origin: URL) -> tuple[str, ...]:
    """Where a visit that begins here will come by."""
    bare = (origin.raw_host or "").removeprefix("www.")
    hosts = (origin.raw_host, bare, f"www.{bare}")
    port = f":{origin.explicit_port}" if origin.explicit_port and not origin.is_default_port() else ""
    return tuple(dict.fromkeys(f"{scheme}://{host}{port}" for host in hosts for scheme in ("https", "http")))


_webs: dict[asyncio.AbstractEventLoop, Web] = {}


def web_for_loop() -> Web:
    """The running loop's web, made on first use and closed with the loop."""
    loop = asyncio.get_running_loop()
    if loop not in _webs:
        # `asyncio.run` closes the asynchronous generators that were begun on its loop: that is our cue.
        lifetime = _lifetime(loop)
        web = _webs[loop] = Web(memory=Rows())
        web.keeps = (lifetime, asyncio.ensure_future(anext(lifetime)))
    return _webs[loop]


async def _lifetime(loop: asyncio.AbstractEventLoop) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await _webs.pop(loop).close()

"""The robots.txt of the origins that a visit comes by: remembered, or asked for once."""

import asyncio

from yarl import URL

from performance.outbound.client import Reply, Request
from performance.outbound.errors import OutboundError
from performance.outbound.messages import REDIRECTS
from performance.outbound.urls import joined
from prospects.crawl.hosts import robots
from prospects.crawl.hosts.asking import Asker
from prospects.crawl.hosts.faults import told
from prospects.crawl.hosts.fetched import NotFetched, Terms
from prospects.crawl.hosts.memory import KnownRobots
from prospects.crawl.hosts.robots import Robots
from prospects.crawl.hosts.terms import token_of

_MOST_REDIRECTS = 5
_TOTAL_S = 10.0
_LEAST_S = 0.1
_UNREACHABLE = "Its robots.txt can't be had, so nothing of it is read."
# What says that the host isn't there, or isn't to be asked, rather than that its robots.txt is out of reach.
_NO_HOST = frozenset({"address_refused", "bad_url", "not_found_name", "not_connected", "not_trusted", "host_busy"})


class RobotsBook:
    """Of one visit."""

    def __init__(self, asker: Asker, *, terms: Terms) -> None:
        self._asker = asker
        self._headers = {"User-Agent": terms.user_agent, "Accept": "text/plain,*/*;q=0.5"}
        self._token = token_of(terms.user_agent)
        self._total_s = min(_TOTAL_S, terms.total_s)
        self._found: dict[str, Robots | NotFetched] = {}
        self._reading = asyncio.Lock()
        self._read: list[KnownRobots] = []

    async def of(self, origin: str) -> Robots:
        """What the origin lets us read. Raises NotFetched where there is no asking it at all."""
        if origin not in self._found:
            async with self._reading:
                if origin not in self._found:
                    self._found[origin] = await self._find(origin)
        found = self._found[origin]
        if isinstance(found, NotFetched):
            raise NotFetched(found.code, found.says, is_final=found.is_final, status=found.status)
        return found

    def read_now(self) -> tuple[KnownRobots, ...]:
        """Those that weren't remembered."""
        return tuple(self._read)

    async def _find(self, origin: str) -> Robots | NotFetched:
        if known := self._asker.lease.taken.robots.get(origin):
            found = self._recalled(known)
        else:
            asked = await self._ask(origin)
            if isinstance(asked, NotFetched):
                return asked
            found = asked
            self._read.append(_to_know(origin, found))
        self._asker.pace.slow_to(found.delay_s)
        return found

    async def _ask(self, origin: str) -> Robots | NotFetched:
        try:
            reply = await self._follow(f"{origin}/robots.txt")
        except NotFetched as error:
            if error.code in _NO_HOST:
                return error
            if error.code == "redirects":
                # RFC 9309, 2.3.1.2: beyond five it may be taken for unavailable.
                return robots.absent(self._token)
            says = f"{_UNREACHABLE[:-1]}: {error.says}"
            return robots.closed("broken", says, self._token)
        return robots.answered(reply.status, reply.body, token=self._token)

    async def _follow(self, url: str) -> Reply:
        """The reply, after redirects: each is asked for in its turn, like all that is asked of the site."""
        left_s = self._total_s
        for _ in range(_MOST_REDIRECTS + 1):
            reply = await self._asker.ask(
                Request(
                    "GET", url, headers=self._headers, most_redirects=0, total_s=left_s, most_bytes=robots.MOST_BYTES
                )
            )
            target = reply.headers.get("Location") if reply.status in REDIRECTS else None
            if target is None:
                return reply
            left_s = max(left_s - reply.elapsed_ms / 1000, _LEAST_S)
            try:
                url = str(joined(URL(reply.url), target))
            except OutboundError as error:
                raise told(error) from error
        raise NotFetched("redirects", f"It leads on after {_MOST_REDIRECTS} redirects.")

    def _recalled(self, known: KnownRobots) -> Robots:
        if known.code == "read":
            return robots.read(known.body, token=self._token)
        if known.code == "none":
            return robots.absent(self._token)
        return robots.closed("denied", known.says or _UNREACHABLE, self._token)


def _to_know(origin: str, found: Robots) -> KnownRobots:
    return KnownRobots(
        origin,
        found.code,
        body=found.body,
        says=found.says if found.is_closed else "",
        delay_ms=round(found.delay_s * 1000),
        sitemaps=found.sitemaps,
    )

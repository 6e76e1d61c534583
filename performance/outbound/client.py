"""The guarded transport. One `Outbound` is a pool of kept connections in one event loop:

    async with Outbound(Limits(total_s=15)) as outbound:
        reply = await outbound.send(Request("GET", url))

Every connection is made to an address that was checked when it was connected; the environment's proxies and cookies
play no part; redirects are followed here, each checked like the first address.
"""

import asyncio
import contextlib
import ssl
import time
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from performance.outbound.errors import (
    BadReply,
    BadUrl,
    BrokenOff,
    NameNotFound,
    NotConnected,
    NotTrusted,
    OutboundError,
    TimedOut,
    TooManyRedirects,
)
from performance.outbound.guard import Guard, GuardedResolver, SocketRefused
from performance.outbound.inflate import ACCEPTED, Body
from performance.outbound.limits import Limits
from performance.outbound.lookup import Lookup, SystemLookup
from performance.outbound.messages import REDIRECTS, Head, Reply, Request, sent_headers
from performance.outbound.urls import checked_url, joined

__all__ = ["Head", "Limits", "Outbound", "Reply", "Request"]


class Outbound:
    """Sends requests within `limits` to what `guard` lets through. Used within one event loop, entered once."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        guard: Guard | None = None,
        lookup: Lookup | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`lookup` (names to addresses) is the system's and `tls` trusts whom the system trusts, unless given."""
        self._limits = limits or Limits()
        self._guard = guard or Guard()
        self._lookup = lookup
        self._tls = tls
        self._opened: contextlib.AsyncExitStack | None = None

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            self._session = await stack.enter_async_context(self._new_session(stack))
            self._opened = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is not None:
            await self._opened.aclose()

    def _new_session(self, stack: contextlib.AsyncExitStack) -> aiohttp.ClientSession:
        limits = self._limits
        lookup = self._lookup or stack.enter_context(SystemLookup())
        self._resolver = GuardedResolver(self._guard, lookup=lookup)
        connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            socket_factory=self._guard.socket,
            limit=limits.connections,
            limit_per_host=limits.connections_per_host,
            keepalive_timeout=limits.keepalive_s,
            ssl=self._tls or True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            trust_env=False,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_s),
        )

    async def check(self, url: str) -> None:
        """Look where the URL leads now, and ask nothing. Raises BadUrl, AddressRefused, NameNotFound, TimedOut.

        It may lead elsewhere when it is asked: that `send` lets nothing through doesn't rest on this.
        """
        checked = checked_url(url, guard=self._guard)
        if checked.raw_host is None or _is_address(checked.raw_host):
            return
        try:
            async with asyncio.timeout(self._limits.connect_s):
                await self._resolver.resolve(checked.raw_host, checked.port or 0)
        except TimeoutError as error:
            raise TimedOut(f"{checked.host} wasn't found within {self._limits.connect_s:g} s.") from error

    async def send(self, request: Request) -> Reply:
        """The reply, whatever its status, within the limits. Raises an OutboundError that says why there is none."""
        total_s = request.total_s or self._limits.total_s
        try:
            async with asyncio.timeout(total_s):
                return await self._follow(request)
        except TimeoutError as error:
            raise TimedOut(f"There was no whole reply within {total_s:g} s.") from error

    async def _follow(self, request: Request) -> Reply:
        most = self._limits.most_redirects if request.most_redirects is None else request.most_redirects
        began, passed = time.monotonic(), list[str]()
        while True:
            url = checked_url(request.url, guard=self._guard)
            response, body = await self._exchange(request, url, follows=most > 0)
            target = _target(response) if most else None
            if target is None:
                return _reply(response, body, elapsed_s=time.monotonic() - began, passed=passed)
            passed.append(str(url))
            if len(passed) > most:
                raise TooManyRedirects(f"It leads on after {most} redirects.")
            there = checked_url(joined(url, target), guard=self._guard)
            request = request.redirected(status=response.status, here=url, there=there)

    async def _exchange(self, request: Request, url: URL, *, follows: bool) -> tuple[aiohttp.ClientResponse, Body]:
        try:
            async with self._session.request(
                request.method,
                url,
                data=request.body,
                headers=sent_headers(request, accepted=ACCEPTED),
                allow_redirects=False,
            ) as response:
                leads_on = follows and _target(response) is not None
                if not leads_on and (why := _unwanted(request, response)):
                    response.close()
                    return response, Body.left(why)
                return response, await self._body(response, most=request.most_bytes or self._limits.most_bytes)
        except OutboundError:
            raise
        except (aiohttp.ClientError, OSError) as error:
            raise _told(error, url) from error

    async def _body(self, response: aiohttp.ClientResponse, *, most: int) -> Body:
        """Read as it comes; a connection with more on it than was wanted is not used again."""
        body = Body(response.headers.getall("Content-Encoding", []), most=most)
        async for chunk in response.content.iter_any():
            if not body.feed(chunk):
                response.close()
                break
        return body


def _target(response: aiohttp.ClientResponse) -> str | None:
    return response.headers.get("Location") if response.status in REDIRECTS else None


def _unwanted(request: Request, response: aiohttp.ClientResponse) -> str | None:
    if request.accepts is None:
        return None
    return request.accepts(Head(str(response.url), response.status, response.headers))


def _reply(response: aiohttp.ClientResponse, body: Body, *, elapsed_s: float, passed: list[str]) -> Reply:
    return Reply(
        url=str(response.url),
        status=response.status,
        headers=response.headers,
        body=body.content(),
        is_truncated=body.is_truncated,
        elapsed_ms=round(elapsed_s * 1000),
        redirects=tuple(passed),
        wire_bytes=body.used,
        skipped=body.skipped,
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _told(error: Exception, url: URL) -> OutboundError:
    """What the transport stumbled over, in our words."""
    place = f"{url.host}:{url.port}"
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return NotTrusted(f"{place} can't be trusted: {_last_words(error)}.")
        case aiohttp.ClientConnectorDNSError():
            return NameNotFound(f"{url.host} can't be found: {_last_words(error)}.")
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, SocketRefused):
            return error.os_error.refused
        case aiohttp.ClientConnectorError():
            return NotConnected(f"{place} can't be connected to: {_last_words(error)}.")
        case aiohttp.ConnectionTimeoutError():
            return NotConnected(f"{place} didn't take the connection in time.")
        case aiohttp.InvalidURL():
            return BadUrl("It can't be read as a URL.")
        case aiohttp.ClientResponseError():
            return BadReply(f"What {place} answered isn't HTTP that can be read.")
    return BrokenOff(f"The connection to {place} ended before the whole reply was there.")


def _last_words(error: Exception) -> str:
    """The system's own reason, without aiohttp's representation of what it tried."""
    cause = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    return str(getattr(cause, "verify_message", "") or getattr(cause, "strerror", "") or cause).rstrip(".")

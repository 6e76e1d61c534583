"""What is sent and what comes back, over real sockets."""

import asyncio
import gzip
import time
import zlib
from collections.abc import Callable
from functools import partial
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web

from performance.outbound.client import Head, Limits, Outbound, Reply, Request
from performance.outbound.errors import AddressRefused, BadReply, BadUrl, BrokenOff, NotConnected, TimedOut
from performance.outbound.guard import Guard
from tests.performance.outbound.conftest import LOOPBACK, Ask
from tests.servers.local_site import Site

KB, MB, GB = 1024, 1024**2, 1024**3
# With the time of day in it, a test that is named after it has another name in each process.
gzipped = partial(gzip.compress, mtime=0)
SMALL = Limits(total_s=5, most_bytes=64 * KB)


def page(body: bytes = b"ok", *, status: int = 200, **headers: str) -> Any:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body, status=status, headers=headers)

    return answer


def test_a_request_arrives_as_it_was_written(site: Site, ask: Ask) -> None:
    site.pages["/hook"] = page(b"thanks", status=202)

    reply = ask(site.url("/hook"), method="POST", body=b"{}", headers={"Content-Type": "application/json", "X-A": "b"})

    (asked,) = site.asked
    assert (reply.status, reply.body, reply.is_truncated, reply.redirects) == (202, b"thanks", False, ())
    assert (asked.method, asked.path, asked.body) == ("POST", "/hook", b"{}")
    assert asked.headers["content-type"] == "application/json"
    assert (asked.headers["x-a"], asked.headers["accept-encoding"]) == ("b", "gzip, deflate")
    assert "cookie" not in asked.headers


def test_the_transport_says_itself_to_whom_it_speaks(site: Site, ask: Ask) -> None:
    site.pages["/"] = page()

    ask(site.url(), headers={"Host": "inside.example", "Transfer-Encoding": "chunked", "Connection": "upgrade"})

    (asked,) = site.asked
    assert asked.headers["host"] == f"127.0.0.1:{site.port}"
    assert "transfer-encoding" not in asked.headers


def test_proxies_and_cookies_of_the_surroundings_play_no_part(
    site: Site, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/"] = page(**{"Set-Cookie": "a=b"})

    assert [ask(site.url()).status, ask(site.url()).status] == [200, 200]
    assert all("cookie" not in asked.headers for asked in site.asked)


def test_connections_are_kept(site: Site) -> None:
    site.pages["/"] = page()

    async def twice() -> None:
        async with Outbound(Limits(), guard=Guard(networks=LOOPBACK, ports=[site.port])) as outbound:
            for _ in range(3):
                await outbound.send(Request("GET", site.url()))

    asyncio.run(twice())

    assert len({asked.peer for asked in site.asked}) == 1


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzipped(b"hello " * 100)),
        ("x-gzip", gzipped(b"hello " * 100)),
        ("GZIP", gzipped(b"hello " * 50) + gzipped(b"hello " * 50)),
        ("gzip", gzipped(b"hello " * 100) + b"\x00\x00 trailing"),
        ("deflate", zlib.compress(b"hello " * 100)),
        ("deflate", zlib.compress(b"hello " * 100, wbits=-15)),
        ("identity", b"hello " * 100),
        ("identity, gzip", gzipped(b"hello " * 100)),
    ],
)
def test_an_encoded_body_is_read(site: Site, ask: Ask, encoding: str, packed: bytes) -> None:
    site.pages["/"] = page(packed, **{"Content-Encoding": encoding})

    reply = ask(site.url())

    assert (reply.body, reply.is_truncated) == (b"hello " * 100, False)


@pytest.mark.parametrize(
    ("encoding", "packed", "sentence"),
    [
        ("gzip, gzip", gzipped(gzipped(b"a")), "The reply is encoded 2 times over, which isn't read."),
        ("deflate,gzip", b"", "The reply is encoded 2 times over, which isn't read."),
        ("br", b"x", "The reply is encoded as 'br', which wasn't asked for."),
        ("zstd", b"x", "The reply is encoded as 'zstd', which wasn't asked for."),
        ("gzip", b"not gzip at all", "The reply says that it is gzip, and isn't."),
    ],
)
def test_other_encodings_are_refused(site: Site, ask: Ask, encoding: str, packed: bytes, sentence: str) -> None:
    site.pages["/"] = page(packed, **{"Content-Encoding": encoding})

    with pytest.raises(BadReply) as refused:
        ask(site.url())

    assert str(refused.value) == sentence


@pytest.mark.parametrize(("length", "is_truncated"), [(64 * KB - 1, False), (64 * KB, False), (64 * KB + 1, True)])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_body_is_cut_at_its_limit(site: Site, ask: Ask, length: int, is_truncated: bool, is_packed: bool) -> None:
    body = b"a" * length
    site.pages["/"] = page(gzipped(body), **{"Content-Encoding": "gzip"}) if is_packed else page(body)

    reply = ask(site.url(), limits=SMALL)

    assert (reply.body, reply.is_truncated) == (body[: 64 * KB], is_truncated)


def test_a_bomb_is_not_inflated(site: Site, ask: Ask) -> None:
    bomb = gzipped(b"\x00" * (200 * MB), compresslevel=9)
    site.pages["/"] = page(bomb, **{"Content-Encoding": "gzip"})
    began = time.process_time()

    reply = ask(site.url(), limits=SMALL)

    assert (len(reply.body), reply.is_truncated) == (64 * KB, True)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_request_may_want_less_of_a_body_and_is_told_what_it_was_made_of(
    site: Site, ask: Ask, is_packed: bool
) -> None:
    body = b"a" * KB
    site.pages["/"] = page(gzipped(body), **{"Content-Encoding": "gzip"}) if is_packed else page(body)

    whole, part = ask(site.url()), ask(site.url(), most_bytes=100)

    assert (whole.body, whole.wire_bytes) == (body, len(gzipped(body)) if is_packed else KB)
    assert (part.body, part.is_truncated) == (body[:100], True)


def test_a_body_that_is_not_wanted_is_left_on_the_wire(site: Site, ask: Ask) -> None:
    site.pages |= {"/": redirect("/large"), "/large": endless}

    def small_only(head: Head) -> str | None:
        return None if "Content-Length" in head.headers else f"{head.status} {head.url} is endless"

    reply = ask(site.url(), limits=Limits(total_s=5, most_bytes=GB), accepts=small_only)

    assert (reply.status, reply.body, reply.wire_bytes, reply.is_truncated) == (200, b"", 0, False)
    assert reply.skipped == f"200 {site.url('/large')} is endless"
    assert reply.redirects == (site.url(),)


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"a" * 16 * KB)


async def empty_blocks(request: web.Request) -> web.StreamResponse:
    """Valid gzip that never says anything."""
    packer = zlib.compressobj(wbits=31)
    response = web.StreamResponse(headers={"Content-Encoding": "gzip"})
    await response.prepare(request)
    await response.write(packer.compress(b"a") + packer.flush(zlib.Z_SYNC_FLUSH))
    while True:
        await response.write(b"\x00\x00\x00\xff\xff" * 1000)


@pytest.mark.parametrize("stream", [endless, empty_blocks])
def test_a_stream_without_end_ends(site: Site, ask: Ask, stream: Callable[..., Any]) -> None:
    site.pages["/"] = stream

    reply = ask(site.url(), limits=SMALL)

    assert reply.is_truncated
    assert len(reply.body) <= 64 * KB


async def drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b".")
        await asyncio.sleep(0.05)


async def silence(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


@pytest.mark.parametrize("slow", [drip, silence])
def test_patience_has_an_end(site: Site, ask: Ask, slow: Callable[..., Any]) -> None:
    site.pages["/"] = slow
    began = time.monotonic()

    with pytest.raises(TimedOut, match=r"There was no whole reply within 0\.5 s\."):
        ask(site.url(), limits=Limits(total_s=0.5))

    assert time.monotonic() - began < 20


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def test_a_connection_that_ends_early_is_told_apart_from_none(site: Site, ask: Ask) -> None:
    site.pages["/"] = cut

    with pytest.raises(BrokenOff):
        ask(site.url(), method="POST", body=b"{}")
    assert len(site.asked) == 1


def test_nobody_there(ask: Ask, site: Site) -> None:
    guard = Guard(networks=[ip_network("127.0.0.0/8")], ports=[1])

    async def once() -> Reply:
        async with Outbound(guard=guard) as outbound:
            return await outbound.send(Request("GET", "http://127.0.0.1:1/"))

    with pytest.raises(NotConnected, match=r"^127\.0\.0\.1:1 can't be connected to: "):
        asyncio.run(once())


def test_what_is_no_http_is_told(ask: Ask, site: Site) -> None:
    async def garbage() -> Reply:
        async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example ESMTP\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Outbound(guard=Guard(networks=LOOPBACK, ports=[port])) as outbound:
            return await outbound.send(Request("GET", f"http://127.0.0.1:{port}/"))

    with pytest.raises(BadReply, match="isn't HTTP that can be read"):
        asyncio.run(garbage())


# Redirects


def redirect(to: str, status: int = 302) -> Any:
    return page(b"", status=status, Location=to)


def test_redirects_are_followed_and_told(site: Site, ask: Ask) -> None:
    site.pages |= {"/a": redirect("/b"), "/b": redirect("c?d=e#f", 308), "/c": page(b"here")}

    reply = ask(site.url("/a"))

    assert (reply.body, reply.url) == (b"here", site.url("/c?d=e"))
    assert reply.redirects == (site.url("/a"), site.url("/b"))


def test_five_redirects_are_followed_and_no_sixth(site: Site, ask: Ask) -> None:
    site.pages |= {f"/{number}": redirect(f"/{number + 1}") for number in range(6)} | {"/6": page(), "/5": page()}
    assert len(ask(site.url("/0")).redirects) == 5

    site.pages["/5"] = redirect("/6")
    with pytest.raises(Exception, match=r"It leads on after 5 redirects\."):
        ask(site.url("/0"))


def test_no_redirects_where_none_are_wanted(site: Site, ask: Ask) -> None:
    site.pages["/a"] = redirect("/b")

    reply = ask(site.url("/a"), most_redirects=0)

    assert (reply.status, len(site.asked)) == (302, 1)


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("http://169.254.169.254/latest/meta-data/", AddressRefused),
        ("http://127.0.0.2/", AddressRefused),
        ("http://localhost:6379/", AddressRefused),
        ("http://[::1]/", AddressRefused),
        ("http://2130706433/", AddressRefused),
        ("//127.1/", AddressRefused),
        ("file:///etc/passwd", BadUrl),
        ("http://user:pw@127.0.0.1/", BadUrl),
        ("http://exa mple/", BadUrl),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(
    site: Site, ask: Ask, target: str, error: type[Exception]
) -> None:
    site.pages["/a"] = redirect(target)

    with pytest.raises(error):
        ask(site.url("/a"))
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("status", "method", "expected"),
    [
        (301, "POST", ("GET", b"")),
        (302, "POST", ("GET", b"")),
        (303, "POST", ("GET", b"")),
        (303, "PUT", ("GET", b"")),
        (302, "PUT", ("PUT", b"{}")),
        (307, "POST", ("POST", b"{}")),
        (308, "POST", ("POST", b"{}")),
    ],
)
def test_a_redirect_changes_the_method_as_browsers_do(
    site: Site, ask: Ask, status: int, method: str, expected: tuple[str, bytes]
) -> None:
    site.pages |= {"/a": redirect("/b", status), "/b": page()}

    ask(site.url("/a"), method=method, body=b"{}", headers={"Content-Type": "application/json"})

    arrived = site.asked[1]
    assert (arrived.method, arrived.body) == expected
    assert ("content-type" in arrived.headers and arrived.headers["content-type"] == "application/json") is bool(
        expected[1]
    )


def test_secrets_stay_with_their_origin(site: Site, ask: Ask) -> None:
    site.pages |= {"/a": redirect("/b"), "/b": redirect(site.url("/c", host="localhost")), "/c": page()}

    ask(site.url("/a"), headers={"Authorization": "Bearer s", "Cookie": "a=b", "X-Kept": "1"})

    same, other = site.asked[1], site.asked[2]
    assert ("authorization" in same.headers, "cookie" in same.headers) == (True, True)
    assert ("authorization" in other.headers, "cookie" in other.headers, "x-kept" in other.headers) == (
        False,
        False,
        True,
    )

"""Hosts that mean no good, or that nobody looks after: one server, whose hosts differ by name.

Each host's robots.txt lets everything be read unless a row of `tests/prospects/crawl/hosts` is about it. `asked` is the
log of requests, and `sent` how many bytes of a body that never ends were taken by whoever asked.
"""

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

from aiohttp import web

from tests.servers.loop_thread import LoopThread

Answer = Callable[["HostileSite", web.Request], Awaitable[web.StreamResponse]]

PAGE = b"<!doctype html><html><head><title>Acme</title></head><body><h1>Acme Ltd</h1></body></html>"
GB = 1024**3
_CHUNK = b" " * 65_536


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived, by the clock of time.monotonic."""

    host: str
    path: str
    at: float
    headers: dict[str, str]


@dataclass(slots=True)
class HostileSite:
    """`robots` are bodies by host, or an answer of their own; what `pages` doesn't know is a 404."""

    port: int = 0
    robots: dict[str, bytes | Answer] = field(default_factory=dict)
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    sent: int = 0

    def origin(self, host: str) -> str:
        return f"http://{host}:{self.port}"

    def times(self, host: str) -> list[float]:
        return [asked.at for asked in self.asked if asked.host == host]

    def paths(self, host: str = "") -> list[str]:
        return [asked.path for asked in self.asked if host in ("", asked.host)]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(host, request.path, time.monotonic(), headers))
        if request.path == "/robots.txt":
            robots = self.robots.get(host, b"User-agent: *\nDisallow:\n")
            return (
                web.Response(body=robots, content_type="text/plain")
                if isinstance(robots, bytes)
                else await robots(self, request)
            )
        page = self.pages.get(request.path)
        return await page(self, request) if page else web.Response(status=404, text="nothing here")


@contextmanager
def hostile_site() -> Iterator[HostileSite]:
    site = HostileSite()
    site.pages.update(PAGES)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    with LoopThread("hostile site") as thread:
        thread.run(_start(runner))
        site.port = runner.addresses[0][1]
        try:
            yield site
        finally:
            thread.run(runner.cleanup())


async def _start(runner: web.AppRunner) -> None:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()


def page(body: bytes = PAGE, *, status: int = 200, kind: str = "text/html", **headers: str) -> Answer:
    """Always the same."""
    named = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}

    async def answer(site: HostileSite, request: web.Request) -> web.Response:
        return web.Response(body=body, status=status, headers={name: text for name, text in named.items() if text})

    return answer


def to(target: str, *, status: int = 302) -> Answer:
    """Leads on; {port} is the site's own."""

    async def answer(site: HostileSite, request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": target.format(port=site.port)})

    return answer


async def _endless_redirects(site: HostileSite, request: web.Request) -> web.Response:
    number = int(request.query.get("n", "0")) + 1
    return web.Response(status=302, headers={"Location": f"/endless?n={number}"})


async def drip(site: HostileSite, request: web.Request) -> web.StreamResponse:
    """A byte now and then, each in time for a client that waits for bytes."""
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    with suppress(ConnectionError):
        for _ in range(1000):
            await response.write(b".")
            await asyncio.sleep(0.05)
    return response


def _endless(*, declares: int | None) -> Answer:
    async def answer(site: HostileSite, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        response.content_length = declares
        await response.prepare(request)
        with suppress(ConnectionError):
            for _ in range(GB // len(_CHUNK)):
                await response.write(_CHUNK)
                site.sent += len(_CHUNK)
        return response

    return answer


@cache
def _bomb() -> bytes:
    """256 MB that arrive as 256 kB."""
    member = gzip.compress(b" " * (16 * 1024 * 1024), mtime=0)
    return member * 16


async def _cut_off(site: HostileSite, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    response.content_length = 10_000
    await response.prepare(request)
    await response.write(b"<html>")
    assert request.transport is not None
    request.transport.close()
    return response


PAGES: dict[str, Answer] = {
    "/": page(),
    "/to-metadata": to("http://169.254.169.254/latest/meta-data/"),
    "/to-private": to("http://10.0.0.1/"),
    "/to-loopback-v6": to("http://[::1]/"),
    "/to-inside-by-name": to("http://inside.hostile.test:{port}/"),
    "/to-file": to("file:///etc/passwd"),
    "/to-port": to("http://hostile.test:22/"),
    "/to-elsewhere": to("http://elsewhere.test:{port}/"),
    "/to-lookalike": to("http://xn--cme-7cd.test/"),
    "/endless": _endless_redirects,
    "/circle": to("/circle"),
    "/drip": drip,
    "/gigabyte": _endless(declares=GB),
    "/gigabyte-untold": _endless(declares=None),
    "/bomb": page(_bomb(), Content_Encoding="gzip"),
    "/bomb-in-bomb": page(gzip.compress(_bomb(), mtime=0), Content_Encoding="gzip, gzip"),
    "/no-gzip": page(b"plain", Content_Encoding="gzip"),
    "/pdf": page(b"%PDF-1.7 ...", kind="application/pdf"),
    "/pdf-as-html": page(b"%PDF-1.7 ..."),
    "/picture-as-html": page(b"\x89PNG\r\n\x1a\n"),
    "/binary-as-html": page(b"a\x00b" * 100),
    "/text-as-nothing": page(b"just words", kind="text/plain"),
    "/html-as-text": page(kind="text/plain"),
    "/cut-off": _cut_off,
}

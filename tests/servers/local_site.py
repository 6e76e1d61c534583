"""A web server of a test's own making: pages by path, in a thread, over HTTP or TLS, and what was asked of it."""

import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.servers.loop_thread import LoopThread

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    peer: tuple[str, int]


@dataclass(slots=True)
class Site:
    """`pages` may be changed while it serves; what has none is a 404."""

    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", *, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        peer = request.transport.get_extra_info("peername") if request.transport else ("", 0)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.method, request.path, headers, body, peer[:2]))
        page = self.pages.get(request.path)
        return await page(request) if page else web.Response(status=404, text="nothing here")


@contextmanager
def local_site(*, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0) -> Iterator[Site]:
    site = Site()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", site.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    with LoopThread("local site") as thread:
        thread.run(_start(runner, host=host, port=port, tls=tls))
        site.port = runner.addresses[0][1]
        try:
            yield site
        finally:
            thread.run(runner.cleanup())


async def _start(runner: web.AppRunner, *, host: str, port: int, tls: ssl.SSLContext | None) -> None:
    await runner.setup()
    await web.TCPSite(runner, host, port, ssl_context=tls).start()

"""The web in a process of its own: sites by Host header, and a log of who asked what and when.

    python -m tests.servers.web.server --hosts 200 --latency 0.05 --errors 0.02

prints its port as the first line. Host `control.web` answers for the server itself: `GET /log?since=n` (a line of JSON
for each request), `POST /control` with {"latency", "errors", "revision", "down": [domains], "clear": true}.
"""

import argparse
import asyncio
import gzip
import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from tests.servers.web.companies import Company, companies
from tests.servers.web.site import HTML, Answer, Site

CONTROL = "control.web"
# What goes wrong, in turns, where something does. Never a host's home, robots.txt or sitemap.
FAULTS = (500, 503, 404, 0)
_NEVER = ("/", "/robots.txt", "/sitemap.xml", "/sitemap-pages.xml.gz")


@dataclass(slots=True)
class Wishes:
    """What may be changed while it serves. `down` are domains that nobody answers for."""

    latency: float
    errors: float
    revision: int = 0
    down: frozenset[str] = frozenset()


class Web:
    """The sites of `hosts`. The same seed and the same question bring the same answer, and the same fault."""

    def __init__(self, hosts: Sequence[Company], *, wishes: Wishes, articles: int) -> None:
        self.wishes = wishes
        self.articles = articles
        self.log: list[dict[str, Any]] = []
        self._companies = {name: each for each in hosts for name in (each.domain, each.host)}
        self._sites: dict[tuple[str, int], Site] = {}
        self._packed: dict[tuple[str, str, int], tuple[Answer, bytes, str]] = {}
        self._asking: Counter[str] = Counter()

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        host, _, port = request.headers.get("Host", "").partition(":")
        if host == CONTROL:
            return await self._control(request)
        company = self._companies.get(host)
        if company is None or company.domain in self.wishes.down:
            return _cut(request)
        self._asking[host] += 1
        line = {"at": time.time(), "host": host, "path": request.path_qs, "asking": self._asking[host]}
        line["agent"] = request.headers.get("User-Agent", "")
        self.log.append(line)
        try:
            await asyncio.sleep(self.wishes.latency)
            response = self._response(request, company, f"{host}:{port}" if port else host)
        finally:
            self._asking[host] -= 1
        line |= {"status": response.status, "ended": time.time()}
        return response

    def _response(self, request: web.BaseRequest, company: Company, asked: str) -> web.StreamResponse:
        host, _, port = asked.partition(":")
        if host != company.host and request.path != "/robots.txt":
            there = f"{company.host}:{port}" if port else company.host
            return web.Response(status=301, headers={"Location": f"http://{there}{request.path_qs}"})
        fault = self._fault(company, request.path)
        if fault == 0:
            return _cut(request)
        if fault:
            return web.Response(status=fault, text="no", headers={"Retry-After": "1"} if fault == 503 else {})
        origin = f"http://{company.host}:{port}" if port else f"http://{company.host}"
        return _packed_response(request, *self._answer(company, origin, request.path))

    def _fault(self, company: Company, path: str) -> int | None:
        if path in _NEVER:
            return None
        drawn = int.from_bytes(hashlib.sha256(f"{company.domain}{path}".encode()).digest()[:4], "big")
        return FAULTS[drawn % len(FAULTS)] if drawn < self.wishes.errors * 2**32 else None

    def _answer(self, company: Company, origin: str, path: str) -> tuple[Answer, bytes, str]:
        """The answer, its body packed, and its ETag; made once."""
        key = (origin, path, self.wishes.revision)
        if key not in self._packed:
            answer = self._site(company, origin).answer(path)
            packed = gzip.compress(answer.body, 6, mtime=0)
            self._packed[key] = (answer, packed, f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"')
        return self._packed[key]

    def _site(self, company: Company, origin: str) -> Site:
        key = (origin, self.wishes.revision)
        if key not in self._sites:
            self._sites[key] = Site(company, origin=origin, articles=self.articles, revision=self.wishes.revision)
        return self._sites[key]

    async def _control(self, request: web.BaseRequest) -> web.Response:
        if request.path == "/log":
            lines = self.log[int(request.query.get("since", "0")) :]
            return web.Response(body=b"\n".join(map(orjson.dumps, lines)), content_type="application/jsonl")
        wish = orjson.loads(await request.read())
        for name in ("latency", "errors", "revision"):
            setattr(self.wishes, name, wish.get(name, getattr(self.wishes, name)))
        self.wishes.down = frozenset(wish.get("down", self.wishes.down))
        if wish.get("clear"):
            self.log.clear()
        return web.Response(text="ok")


def _packed_response(request: web.BaseRequest, answer: Answer, packed: bytes, etag: str) -> web.Response:
    if answer.location:
        return web.Response(status=answer.status, headers={"Location": answer.location})
    headers = {"ETag": etag} if answer.status == 200 else {}
    if etag == request.headers.get("If-None-Match"):
        return web.Response(status=304, headers=headers)
    # Pages say their charset in the markup alone, like many.
    headers["Content-Type"] = answer.content_type
    if answer.content_type != HTML or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.Response(status=answer.status, body=answer.body, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return web.Response(status=answer.status, body=packed, headers=headers)


def _cut(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _serve(served: Web, port: int) -> None:
    runner = web.ServerRunner(web.Server(served.serve, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--articles", type=int, default=20, help="Pages of news on each host, beside 19 others")
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--errors", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    wishes = Wishes(options.latency, options.errors)
    served = Web(companies(options.hosts, seed=options.seed), wishes=wishes, articles=options.articles)
    asyncio.run(_serve(served, options.port))


if __name__ == "__main__":
    main()

"""The same pages by bare aiohttp, in a process of its own: what no crawler in Python does without.

Their URLs are told, so there is nothing to be found: no robots.txt, no guard, no redirects, no links, no order, nothing
extracted or stored. Bodies are inflated within bounds, as many requests are made at once as by the others, and each
page is parsed by our parser; by none where `parses` is false, which leaves aiohttp and inflating alone.

Prints that it is warm, then what it took as JSON.
"""

import asyncio
import gc
import resource
import socket
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any

import django
import orjson

django.setup()

from aiohttp import ClientSession, DummyCookieJar, TCPConnector  # noqa: E402 - models need the settings
from aiohttp.abc import AbstractResolver, ResolveResult  # noqa: E402
from yarl import URL  # noqa: E402

from performance.jobs.runner.collecting import collect_seldom  # noqa: E402
from performance.outbound.inflate import ACCEPTED, Body  # noqa: E402
from prospects.pages.parsing import Unparsable, parse  # noqa: E402

MB_IN_KB = 1024
MOST_BYTES = 1_000_000
PER_SITE = 2


class HereResolver(AbstractResolver):
    """Every name leads to the server of this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


async def crawl(asked: Mapping[str, Any]) -> dict[str, Any]:
    """`sites` are lists of URLs, `at_once` of them read at a time; `warm` ones before anything is measured."""
    headers = {"User-Agent": "Bare/1", "Accept": "text/html", "Accept-Encoding": ACCEPTED}
    connector = TCPConnector(resolver=HereResolver(), limit=0)
    async with ClientSession(
        connector=connector, headers=headers, auto_decompress=False, cookie_jar=DummyCookieJar()
    ) as session:
        await _sites(session, asked["warm"], asked)
        print("warm", flush=True)
        before, began = _cpu_s(), time.perf_counter()
        pages = await _sites(session, asked["sites"], asked)
        return {
            "pages": pages,
            "cpu_s": _cpu_s() - before,
            "wall_s": time.perf_counter() - began,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB_IN_KB,
        }


async def _sites(session: ClientSession, sites: Iterable[Iterable[str]], asked: Mapping[str, Any]) -> int:
    places = asyncio.Semaphore(asked["at_once"])

    async def one(urls: Iterable[str]) -> int:
        waiting = iter(urls)
        async with places:
            return sum(
                await asyncio.gather(*(_pages(session, waiting, parses=asked["parses"]) for _ in range(PER_SITE)))
            )

    return sum(await asyncio.gather(*map(one, sites)))


async def _pages(session: ClientSession, waiting: Iterable[str], *, parses: bool) -> int:
    """How many were read of those that nobody else took."""
    read = 0
    for url in waiting:
        body = await _body(session, url)
        if parses:
            try:
                parse(body, url=url)
            except Unparsable:
                continue
        read += 1
    return read


async def _body(session: ClientSession, url: str) -> bytes:
    async with session.get(URL(url, encoded=True), allow_redirects=False) as response:
        response.raise_for_status()
        body = Body(response.headers.getall("Content-Encoding", []), most=MOST_BYTES)
        async for chunk in response.content.iter_any():
            body.feed(chunk)
        return body.content()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    gc.collect()
    collect_seldom()
    print(orjson.dumps(asyncio.run(crawl(orjson.loads(sys.argv[1])))).decode())

"""A web of names that all lead to one local server, and what asks it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from ipaddress import ip_network
from typing import Any, TypeVar

import pytest

from performance.outbound.errors import NameNotFound
from performance.outbound.guard import Guard
from performance.outbound.lookup import Lookup
from prospects.crawl.hosts.fetched import Terms
from prospects.crawl.hosts.memory import HostMemory
from prospects.crawl.hosts.web import Web
from tests.servers.hostile_site import HostileSite, hostile_site

T = TypeVar("T")
OUTSIDE = "127.0.0.1"
# One that may not be connected to, for names that lead inside.
INSIDE = "127.0.0.9"
LOOPBACK = [ip_network(f"{OUTSIDE}/32")]
AGENT = "AssayBot/0.1 (+https://assay.example/bot)"


@pytest.fixture
def site() -> Iterator[HostileSite]:
    with hostile_site() as site:
        yield site


def names(addresses: dict[str, Sequence[str]] | None = None) -> Lookup:
    """Every name ending in .test is OUTSIDE, but for those that are told otherwise."""
    told = {"inside.hostile.test": [INSIDE], "mapped.test": ["::ffff:10.0.0.1"], **(addresses or {})}

    async def lookup(host: str) -> Sequence[str]:
        if host in told:
            return told[host]
        if not host.endswith(".test"):
            raise NameNotFound(f"{host} can't be found: it is no name of this test.")
        return [OUTSIDE]

    return lookup


def local_web(
    site: HostileSite, *, lookup: Lookup | None = None, memory: HostMemory | None = None, **terms: Any
) -> Web:
    guard = Guard(networks=LOOPBACK, ports=[80, 443, site.port])
    asked = Terms(**{"user_agent": AGENT, "delay_ms": 0, "total_s": 2.0, **terms})
    return Web(terms=asked, guard=guard, lookup=lookup or names(), memory=memory)


def run(work: Callable[[Web], Awaitable[T]], web: Callable[[], Web]) -> T:
    """The result of `work` with a web of a loop of its own."""

    async def inside() -> T:
        async with web() as own:
            return await work(own)

    return asyncio.run(inside())

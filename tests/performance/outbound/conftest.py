"""Local servers that stand for the Internet's: 127.0.0.1 is allowed where a test says so, and only there."""

import asyncio
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from performance.outbound.client import Limits, Outbound, Reply, Request
from performance.outbound.guard import Guard
from tests.servers.local_site import Site, local_site

LOOPBACK = [ip_network("127.0.0.1/32")]
Ask = Callable[..., Reply]


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


@pytest.fixture
def ask(site: Site) -> Ask:
    """One request by an `Outbound` of its own that may connect to 127.0.0.1 and the site's port."""

    def send(url: str, *, limits: Limits | None = None, method: str = "GET", **request: Any) -> Reply:
        guard = Guard(networks=LOOPBACK, ports=[80, 443, site.port])

        async def once() -> Reply:
            async with Outbound(limits or Limits(total_s=5), guard=guard) as outbound:
                return await outbound.send(Request(method, url, **request))

        return asyncio.run(once())

    return send

"""Which engines the settings set up, and the transport that they are asked by.

Engines are named by the operator and so trusted like the LLM's endpoint: they may be in a private network.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from ipaddress import ip_network

from django.conf import settings

from performance.outbound.client import Limits, Outbound
from performance.outbound.guard import Guard
from prospects.search.engines.answers_file import AnswersFile
from prospects.search.engines.google import Google
from prospects.search.engines.searxng import SearXNG
from prospects.search.engines.serper import Serper
from prospects.search.hits import Engine

TOTAL_S = 15.0
MOST_BYTES = 4 * 1024 * 1024
_EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
_ANY_PORT = frozenset(range(1, 65_536))


def _searxng() -> Engine | None:
    return SearXNG(settings.SEARXNG_URL) if settings.SEARXNG_URL else None


def _serper() -> Engine | None:
    return Serper(settings.SERPER_API_KEY) if settings.SERPER_API_KEY else None


def _google() -> Engine | None:
    key, cx = settings.GOOGLE_SEARCH_KEY, settings.GOOGLE_SEARCH_CX
    return Google(key, cx) if key and cx else None


def _file() -> Engine | None:
    return AnswersFile(settings.SEARCH_FILE) if settings.SEARCH_FILE else None


# Free ones first.
MAKERS: Mapping[str, Callable[[], Engine | None]] = {
    "searxng": _searxng,
    "serper": _serper,
    "google": _google,
    "file": _file,
}


def configured_engine(name: str = "") -> Engine | None:
    """The engine of this name, or SEARCH_ENGINE, or the first that is set up; None where it isn't."""
    if name := name or settings.SEARCH_ENGINE:
        return MAKERS[name]() if name in MAKERS else None
    return next((engine for make in MAKERS.values() if (engine := make()) is not None), None)


def configured_names() -> list[str]:
    """Of all that are set up, the one that is asked first at the head."""
    first = configured_engine()
    names = [name for name, make in MAKERS.items() if make() is not None]
    return sorted(names, key=lambda name: first is None or name != first.name)


@dataclass(slots=True)
class _Line:
    """A loop's connections to engines."""

    http: Outbound
    opened: AsyncExitStack
    # What must live as long as this and is held by nobody else.
    keeps: list[object] = field(default_factory=list)


_lines: dict[asyncio.AbstractEventLoop, asyncio.Task[_Line]] = {}


async def http_for_loop() -> Outbound:
    """The running loop's transport, opened on first use and closed with the loop."""
    loop = asyncio.get_running_loop()
    if loop not in _lines:
        _lines[loop] = asyncio.ensure_future(_open(loop))
    return (await asyncio.shield(_lines[loop])).http


async def _open(loop: asyncio.AbstractEventLoop) -> _Line:
    limits = Limits(total_s=TOTAL_S, most_bytes=MOST_BYTES, connections_per_host=settings.MAX_CONCURRENT_SEARCHES)
    stack = AsyncExitStack()
    http = await stack.enter_async_context(Outbound(limits, guard=Guard(networks=_EVERYWHERE, ports=_ANY_PORT)))
    line = _Line(http, stack)
    # `asyncio.run` closes the asynchronous generators that were begun on its loop: that is our cue.
    lifetime = _lifetime(loop, stack)
    await anext(lifetime)
    line.keeps.append(lifetime)
    return line


async def _lifetime(loop: asyncio.AbstractEventLoop, stack: AsyncExitStack) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        _lines.pop(loop, None)
        await stack.aclose()

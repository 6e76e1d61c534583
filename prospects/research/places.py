"""How many companies, searches and crawls are under way at once in this process, and how many its memory has room for.

The limits of installations and batches are told by whoever enters; what is free is looked at every second.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import psutil
from django.conf import settings

# A company under way holds what its pages said and one parse tree. Of 25 pages of 1 MB at the most, of which little is
# text, that is a few MB: an upper bound, which only decides when a machine short of memory does less at once.
EACH_MB = 8
# What is left to the rest of the machine.
RESERVE_MB = 256
LOOK_EVERY_S = 1.0


def permits(free_mb: float, used_mb: float, asked: int, *, most_mb: float) -> int:
    """How many of the `asked` companies may be under way: what the machine has free and this process may still take,
    at EACH_MB for each. At least one, so that work goes on, however slowly.
    """
    room_mb = min(free_mb - RESERVE_MB, most_mb - used_mb)
    return max(1, min(asked, int(room_mb // EACH_MB)))


@dataclass(slots=True)
class Places:
    """Those of one event loop, taken for as long as they are needed."""

    under_way: int = 0
    _left: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def one(self, most: int) -> AsyncIterator[None]:
        """A place among `most`; waits until there is one."""
        while self.under_way >= most:
            self._left.clear()
            await self._left.wait()
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
            self._left.set()


@dataclass(slots=True)
class Room:
    """Places for companies, as many as memory has room for now."""

    under_way: int = 0
    _looked_at: float = -LOOK_EVERY_S
    _more: int = 0
    _left: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def one(self, asked: int) -> AsyncIterator[None]:
        """A place where there is room; looks again each second, since others may have freed some."""
        while self.under_way >= self._most(asked):
            self._left.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._left.wait(), LOOK_EVERY_S)
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
            self._left.set()

    def _most(self, asked: int) -> int:
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            # What is under way is in `used` already.
            self._more = self.under_way + _room(asked)
        return min(asked, max(1, self._more))


@dataclass(slots=True)
class Loop:
    """The places of an event loop."""

    companies: Room = field(default_factory=Room)
    crawls: Places = field(default_factory=Places)
    searches: Places = field(default_factory=Places)


_loops: "WeakKeyDictionary[asyncio.AbstractEventLoop, Loop]" = WeakKeyDictionary()


def places_for_loop() -> Loop:
    """The running loop's, made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _loops:
        _loops[loop] = Loop()
    return _loops[loop]


def _room(asked: int) -> int:
    megabyte = 1024 * 1024
    free = psutil.virtual_memory().available / megabyte
    used = psutil.Process().memory_info().rss / megabyte
    return permits(free, used, asked, most_mb=settings.MAX_MEMORY_MB)

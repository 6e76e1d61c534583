"""Whose request to a site is next, and when."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from prospects.crawl.hosts.fetched import NotFetched


class Pace:
    """Of one visit: so many requests at once, each begun so long after the one before. Of one event loop."""

    def __init__(self, *, delay_s: float, at_once: int, patience_s: float, wait_s: float = 0.0) -> None:
        """`wait_s` is how long the site is still to be left alone."""
        self.delay_s = delay_s
        self._patience_s = patience_s
        self._few = asyncio.Semaphore(at_once)
        self._alone: asyncio.Lock | None = None
        self._loop = asyncio.get_running_loop()
        self._next_at = self._loop.time() + wait_s

    @property
    def wait_s(self) -> float:
        """How long the next request has to wait."""
        return max(0.0, self._next_at - self._loop.time())

    def slow_to(self, delay_s: float) -> None:
        """The site asks for more time between requests, and gets one at a time; never less than before."""
        if delay_s > self.delay_s:
            self._next_at += delay_s - self.delay_s
            self.delay_s = delay_s
            self._alone = self._alone or asyncio.Lock()

    def rest(self, seconds: float) -> None:
        """The site asks to be left alone for so long."""
        self._next_at = max(self._next_at, self._loop.time() + seconds)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A request. Raises NotFetched host_busy where its turn is further away than patience goes."""
        async with self._few, self._alone or contextlib.nullcontext():
            while wait_s := self.wait_s:
                if wait_s > max(self._patience_s, self.delay_s):
                    says = f"It asked to be left alone for another {wait_s:.0f} s."
                    raise NotFetched("host_busy", says, is_final=False)
                await asyncio.sleep(wait_s)
            self._next_at = self._loop.time() + self.delay_s
            yield

"""Visits of many crawls in one loop, stored together."""

import asyncio
from collections.abc import Sequence
from functools import partial

from performance.jobs.runner.coalesce import Coalescer
from performance.jobs.runner.threads import crew
from prospects.pages.parsed import PageRead
from prospects.pages.store import store_pages

# A chunk keeps the store's connection from those who finish jobs.
_MOST = 100
_GATHERED_S = 0.05


class PageWriter:
    """Stores what crawls read, a chunk every 50 ms: at most that is lost if the process is killed."""

    def __init__(self) -> None:
        self._coalescer: Coalescer[PageRead, str] = Coalescer(self._store, size=_MOST, gathers_s=_GATHERED_S)

    async def write(self, read: PageRead) -> str:
        """Returns once it is committed, with one of Page.Change. Raises DatabaseError."""
        return await self._coalescer.ask(read)

    async def _store(self, reads: Sequence[PageRead]) -> Sequence[str]:
        return await crew.call(partial(store_pages, reads))


_writers: dict[asyncio.AbstractEventLoop, PageWriter] = {}


def writer_for_loop() -> PageWriter:
    """The running loop's. Those of closed loops are forgotten."""
    loop = asyncio.get_running_loop()
    if loop not in _writers:
        for old in [each for each in _writers if each.is_closed()]:
            del _writers[old]
        _writers[loop] = PageWriter()
    return _writers[loop]

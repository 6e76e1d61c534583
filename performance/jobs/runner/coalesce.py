"""Many small wishes, one transaction: what arrives while a chunk is under way makes the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Coalescer(Generic[Item, Answer]):
    """Gathers items of concurrent callers into chunks of at most `size` and gives each its own answer."""

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]],
        *,
        size: int,
        unheard: Callable[[Item, Answer], None] | None = None,
        gathers_s: float = 0.0,
    ) -> None:
        """`unheard` is told of an answer whose caller was cancelled while his chunk was under way. For as long as
        `gathers_s` it is waited for more, unless a chunk is full.
        """
        self._work = work
        self._size = size
        self._unheard = unheard
        self._gathers_s = gathers_s
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._drainer: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Answer:
        """The answer for this item; raises what its chunk raised."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((item, future))
        if self._drainer is None:
            self._drainer = loop.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        try:
            # Whoever is about to ask in this turn of the loop comes along.
            await asyncio.sleep(self._gathers_s)
            while self._waiting:
                await self._one_chunk()
                if self._gathers_s and len(self._waiting) < self._size:
                    await asyncio.sleep(self._gathers_s)
        finally:
            self._drainer = None

    async def _one_chunk(self) -> None:
        chunk = [self._waiting.popleft() for _ in range(min(self._size, len(self._waiting)))]
        chunk = [(item, future) for item, future in chunk if not future.done()]
        if not chunk:
            return
        try:
            answers = await self._work([item for item, _ in chunk])
        except Exception as error:  # noqa: BLE001 (each caller gets it)
            for _, future in chunk:
                if not future.done():
                    future.set_exception(error)
            return
        for (item, future), answer in zip(chunk, answers, strict=True):
            if not future.done():
                future.set_result(answer)
            elif self._unheard is not None:
                self._unheard(item, answer)

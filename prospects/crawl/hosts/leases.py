"""The sites that this process's loop may ask now: taken, kept while they are asked, and left."""

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import Error

from performance.jobs.kinds import Retry
from performance.jobs.runner.coalesce import Coalescer
from prospects.crawl.hosts.fetched import NotFetched
from prospects.crawl.hosts.memory import Answer, Denied, Departure, HostMemory, Taken, Wish

logger = logging.getLogger(__name__)

# Whoever died holds his sites for this long.
LEASE_S = 30.0
_RENEWED_S = 10.0
_CHUNK = 200
# A loop that ends takes along whoever would have told the database.
_LEFT_WITHIN_S = 5.0
_ASKED_AGAIN_S = (0.2, 1.0)


@dataclass(slots=True)
class Lease:
    """A site that is ours until `held_until` of the loop's clock. `departure` is what it is left with."""

    key: str
    taken: Taken
    held_until: float
    departure: Departure
    is_left: bool = False

    def check(self) -> None:
        """Raises NotFetched host_busy once the site may be another's: this process stood still for too long."""
        if asyncio.get_running_loop().time() >= self.held_until:
            raise NotFetched("host_busy", "It may be another process's turn by now.", is_final=False)


class Leases:
    """Of one event loop."""

    def __init__(self, memory: HostMemory, *, holder: str) -> None:
        self._memory = memory
        self._holder = holder
        self._held: dict[str, Lease] = {}
        self._taking: Coalescer[Wish, Answer] = Coalescer(self._take, size=_CHUNK, unheard=self._unheard)
        self._leaving: Coalescer[Departure, None] = Coalescer(self._leave, size=_CHUNK)
        self._renewal: asyncio.Task[None] | None = None
        self._returning: set[asyncio.Task[None]] = set()

    async def take(self, wish: Wish, *, patience_s: float) -> Lease:
        """The lease, once nobody else has it. Raises NotFetched host_busy after patience, Retry without a database."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience_s
        while True:
            began = loop.time()
            answer = await self._ask(wish)
            if isinstance(answer, Taken):
                return self._hold(wish.key, answer, began)
            after_s = random.uniform(*_ASKED_AGAIN_S)  # noqa: S311 - spreads those that wait
            if loop.time() + max(answer.at_least_s, after_s) >= until:
                raise NotFetched("host_busy", answer.says, is_final=False)
            await asyncio.sleep(after_s)

    async def leave(self, lease: Lease) -> None:
        """Others may have it now. What the database doesn't hear of is told it at the end, or ends by itself."""
        lease.is_left = True
        try:
            async with asyncio.timeout(_LEFT_WITHIN_S):
                await self._leaving.ask(lease.departure)
        except (Error, TimeoutError) as error:
            logger.warning("%s could not be left yet, its lease runs out by itself: %r", lease.key, error)
            return
        if self._held.get(lease.key) is lease:
            del self._held[lease.key]

    async def close(self) -> None:
        """Leave all that is held still."""
        if self._renewal is not None:
            self._renewal.cancel()
        await asyncio.gather(*self._returning, return_exceptions=True)
        left = [lease.departure for lease in self._held.values()]
        self._held.clear()
        if left:
            try:
                await self._memory.leave(left, holder=self._holder)
            except Error as error:
                logger.warning("%d sites could not be left, their leases run out: %s", len(left), error)

    async def _ask(self, wish: Wish) -> Answer:
        try:
            return await self._taking.ask(wish)
        except Error as error:
            reason = f"The database could not be asked whose turn it is: {error}"
            raise Retry(reason, code="database", after_s=1.0, consumes_attempt=False) from error

    def _hold(self, key: str, taken: Taken, began: float) -> Lease:
        lease = self._held[key] = Lease(key, taken, began + LEASE_S, Departure(key))
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.get_running_loop().create_task(self._renew())
        return lease

    async def _renew(self) -> None:
        loop = asyncio.get_running_loop()
        while self._held:
            await asyncio.sleep(_RENEWED_S)
            began = loop.time()
            leases = [lease for lease in self._held.values() if not lease.is_left]
            try:
                ours = await self._memory.renew([lease.key for lease in leases], holder=self._holder)
            except Error as error:
                logger.warning("Leases of %d sites could not be renewed: %s", len(leases), error)
                continue
            for lease in leases:
                if lease.key in ours:
                    lease.held_until = began + LEASE_S

    async def _take(self, wishes: Sequence[Wish]) -> Sequence[Answer]:
        return await self._memory.take(wishes, holder=self._holder)

    async def _leave(self, departures: Sequence[Departure]) -> Sequence[None]:
        await self._memory.leave(departures, holder=self._holder)
        return [None] * len(departures)

    def _unheard(self, wish: Wish, answer: Answer) -> None:
        """Who asked for the site has gone meanwhile."""
        if isinstance(answer, Denied):
            return
        task = asyncio.ensure_future(self._memory.leave([Departure(wish.key, answer.wait_s)], holder=self._holder))
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)

"""T4 and T5, gathered: one transaction every 50 ms stores the replies and the outcomes of that time."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Sequence

import psutil

from performance.jobs.completion import Flush, Outcome, store
from performance.jobs.figures import measure, measure_calls
from performance.jobs.runner.threads import DATABASE_OUT, DatabaseThread
from performance.jobs.settlement import Settlement
from performance.jobs.spill import Spill, set_aside

logger = logging.getLogger(__name__)
INTERVAL_S = 0.05
# After this long without a database a runner that must end leaves its replies in the spill file.
PATIENCE_S = 20.0
SPILL_AGAIN_S = 5.0


class Flusher:
    """Collects settlements and outcomes; `on_stored` hears of the outcomes that a commit took or refused."""

    def __init__(self, database: DatabaseThread, *, spill: Spill) -> None:
        self._database = database
        self._spill = spill
        self.on_stored: Callable[[Collection[Outcome]], None] = lambda _: None
        self._settlements: list[tuple[Settlement, asyncio.Future[None]]] = []
        self._outcomes: list[Outcome] = []
        # Handed over and not yet in the database; those of them that are on the disk.
        self.in_hand = 0
        self._on_disk: set[Settlement] = set()
        self._spill_due = 0.0
        self._filled = asyncio.Event()
        self._hurried = asyncio.Event()
        self._is_ending = False
        self._process = psutil.Process()
        self.memory_mb = 0
        self.refused = 0

    def settle(self, settlement: Settlement) -> asyncio.Future[None]:
        """Take over how a call ended; the future is done when it is stored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._settlements.append((settlement, stored))
        self.in_hand += 1
        self._filled.set()
        return stored

    def complete(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._filled.set()

    def hurry(self) -> None:
        """Nothing is in flight, so nothing more will come to be stored along."""
        self._hurried.set()

    async def run(self) -> None:
        """Until `end`, and then until nothing is left."""
        while True:
            await self._filled.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurried.wait(), INTERVAL_S)
            self._hurried.clear()
            self._filled.clear()
            await self._flush()
            if self._is_ending and not self._settlements and not self._outcomes:
                return

    def end(self) -> None:
        self._is_ending = True
        self._filled.set()
        self.hurry()

    async def _flush(self) -> None:
        settlements, self._settlements = self._settlements, []
        outcomes, self._outcomes = self._outcomes, []
        if not settlements and not outcomes:
            return
        self.memory_mb = self._process.memory_info().rss >> 20
        flush = Flush([settlement for settlement, _ in settlements], outcomes, self.memory_mb)
        if await self._store(flush):
            self.in_hand -= len(settlements)
            for _, stored in settlements:
                if not stored.done():
                    stored.set_result(None)
            measure(outcomes)
            measure_calls(flush.settlements)
            self.on_stored(outcomes)

    async def _store(self, flush: Flush) -> bool:
        """Through outages; False if the runner had to end before the database came back."""
        ended_at: float | None = None
        loop = asyncio.get_running_loop()
        while True:
            try:
                self.refused += await self._database.call(lambda: store(flush))
            except DATABASE_OUT as error:
                await self._write_down(flush, error)
                ended_at = (ended_at or loop.time()) if self._is_ending else None
                if ended_at is not None and loop.time() - ended_at > PATIENCE_S:
                    return False
                await asyncio.sleep(0.2)
            except Exception:
                # A guard: whatever is wrong with one of these must not take the others' replies with it.
                logger.exception("a flush of %d items failed", len(flush.settlements) + len(flush.outcomes))
                return await self._store_singly(flush)
            else:
                self._cross_out(flush)
                return True

    async def _write_down(self, flush: Flush, error: Exception) -> None:
        """What this flush holds, and what has come since it was begun: an outage may last."""
        loop = asyncio.get_running_loop()
        unwritten = [
            settlement
            for settlement in (*flush.settlements, *(each for each, _ in self._settlements))
            if settlement not in self._on_disk
        ]
        if not unwritten or loop.time() < self._spill_due:
            return
        logger.warning("the database is out, %d replies go to the disk: %s", len(unwritten), error)
        if await _is_kept(self._spill.write, unwritten):
            self._on_disk.update(unwritten)
        else:
            self._spill_due = loop.time() + SPILL_AGAIN_S

    def _cross_out(self, flush: Flush) -> None:
        """The file goes when the database has all that stands in it."""
        if self._on_disk:
            self._on_disk.difference_update(flush.settlements)
            if not self._on_disk:
                self._spill.clear()

    async def _store_singly(self, flush: Flush) -> bool:
        if len(flush.settlements) + len(flush.outcomes) == 1:
            # A reply that the database takes in no form stays on the disk; its call ends as unknown by its deadline.
            await _is_kept(set_aside, flush.settlements)
            self._cross_out(flush)
            return True
        parts = [Flush([each], []) for each in flush.settlements] + [
            Flush([], [each], flush.memory_mb) for each in flush.outcomes
        ]
        results = [await self._store(part) for part in parts]
        return all(results)


async def _is_kept(keep: Callable[[Sequence[Settlement]], None], settlements: Sequence[Settlement]) -> bool:
    """Whether `keep` could write them. A full disk, which may be why the database is out, must not end the flusher:
    what it has in memory is stored when the database is back.
    """
    try:
        await asyncio.to_thread(keep, settlements)
    except OSError as error:
        logger.error("%d paid replies can't be kept on the disk: %s", len(settlements), error)
        return False
    return True

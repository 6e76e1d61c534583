"""How a runner comes by work and gives it back: slots, claims, preparation, all on one database thread."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine, Sequence
from dataclasses import replace

from performance.jobs import claims, slots
from performance.jobs.claims import Claim
from performance.jobs.kinds import JobError
from performance.jobs.runner.floor import Floor, grants_of, unprepared
from performance.jobs.runner.lane import Lane
from performance.jobs.runner.threads import DATABASE_OUT, DatabaseThread

logger = logging.getLogger(__name__)
# How often free slots are looked for, how soon an empty batch is asked again, and how near a retry must be for a
# runner to wait for it.
SEAT_S = 0.5
ASK_AGAIN_S = 0.2
SOON_S = 2.0


class Claimer:
    """Keeps the floor's lanes supplied. `holder` is this runner's name on slots and jobs."""

    def __init__(self, thread: DatabaseThread, *, floor: Floor, holder: str, kinds: Sequence[str]) -> None:
        self._thread = thread
        self._floor = floor
        self._holder = holder
        self._kinds = kinds
        self._seat_due = 0.0
        self._may_hold_unknown = True
        self._tasks: set[asyncio.Task[None]] = set()

    async def take_slots(self) -> None:
        """New lanes for free slots, if it is time to look."""
        if time.monotonic() < self._seat_due:
            return
        held = grants_of(self._floor.lanes)
        try:
            seats = await self._thread.call(
                lambda: slots.take(holder=self._holder, kinds=self._kinds, held=held), patience_s=5
            )
        except DATABASE_OUT as error:
            logger.warning("no slots while the database is out: %s", error)
            return
        finally:
            self._seat_due = time.monotonic() + SEAT_S
        for seat in seats:
            self._floor.lanes[seat.slot.id] = Lane(seat, seat.granted)

    def supply(self, slot_id: int) -> None:
        """One look at a lane: claim for it, empty it if its slot is lost, give it up if there is nothing to do."""
        lane = self._floor.lanes[slot_id]
        now = time.monotonic()
        if lane.granted < 1 and lane.held:
            self._soon(self._release(lane.empty()))
        if limit := lane.wanted(now=now):
            lane.is_claiming = True
            self._soon(self._claim(lane, limit))
        is_done = lane.is_dry and not self._floor.holds_any_of(lane.seat.slot.batch_id)
        if lane.is_idle() and (lane.granted < 1 or is_done):
            del self._floor.lanes[slot_id]
            self._soon(self._free([slot_id]))

    async def close(self) -> None:
        """Give back all that isn't in flight; the slots are freed by `leave`, when nothing is any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        held = [claim for lane in self._floor.lanes.values() for claim in lane.empty()]
        if held:
            await self._release(held)

    async def leave(self) -> None:
        await self._free(list(self._floor.lanes))

    async def _claim(self, lane: Lane, limit: int) -> None:
        try:
            found = await self._thread.call(lambda: self._claim_jobs(lane, limit))
            ready = await self._prepare(lane, found)
            is_near = bool(found) or await self._thread.call(
                lambda: claims.is_due_soon(lane.seat.slot.batch_id, within_s=SOON_S)
            )
        except DATABASE_OUT as error:
            logger.warning("no claims while the database is out: %s", error)
            self._may_hold_unknown = True
            lane.claim_after = time.monotonic() + 0.5
            return
        finally:
            lane.is_claiming = False
        lane.is_dry = not found and not is_near
        if not found:
            lane.claim_after = time.monotonic() + ASK_AGAIN_S
            return
        lane.hold(ready)
        self._floor.launch(lane)
        self._floor.changed.set()

    def _claim_jobs(self, lane: Lane, limit: int) -> list[Claim]:
        """After an outage a claim may have been committed without our hearing of it: such jobs are given back."""
        if self._may_hold_unknown:
            claims.disown(worker=self._holder, held=list(self._floor.jobs))
            self._may_hold_unknown = False
        slot = lane.seat.slot
        found = claims.claim(batch_id=slot.batch_id, params=slot.params, limit=limit, worker=self._holder)
        # Known as held before they are prepared, so that their leases are renewed meanwhile.
        self._floor.jobs.update({claim.job.id: claim.job for claim in found})
        return found

    async def _prepare(self, lane: Lane, found: Sequence[Claim]) -> list[Claim]:
        if not found:
            return []
        jobs = [claim.job for claim in found]
        try:
            prepared = await self._thread.call(lambda: lane.kind.prepare(jobs), patience_s=10)
        except JobError as error:
            self._floor.fail(lane, jobs, error)
            return []
        except Exception as error:
            # The guard for the items of a chunk: a kind that can't prepare fails its jobs, not the runner.
            logger.exception("%s: %d jobs could not be prepared", lane.kind.name, len(jobs))
            self._floor.fail(lane, jobs, unprepared(error))
            return []
        if not prepared:
            return list(found)
        return [Claim(replace(each.job, prepared=prepared.get(each.job.id)), each.cohort_limit) for each in found]

    async def _release(self, held: Sequence[Claim]) -> None:
        jobs = [claim.job for claim in held]
        with contextlib.suppress(*DATABASE_OUT):
            await self._thread.call(lambda: claims.release(jobs), patience_s=10)
        for job in jobs:
            self._floor.jobs.pop(job.id, None)

    async def _free(self, slot_ids: Sequence[int]) -> None:
        """A slot that can't be freed now runs out by itself."""
        if slot_ids:
            with contextlib.suppress(*DATABASE_OUT):
                await self._thread.call(lambda: slots.free(slot_ids, holder=self._holder), patience_s=2)

    def _soon(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

"""A slice: up to a minute of work on one queue, in a fresh event loop."""

import asyncio
import contextlib
import time

from performance.jobs import workers
from performance.jobs.kinds import queues_by_kind
from performance.jobs.runner.claiming import Claimer
from performance.jobs.runner.floor import Floor
from performance.jobs.runner.flusher import Flusher
from performance.jobs.runner.paying import Desk
from performance.jobs.runner.renewal import Renewal
from performance.jobs.runner.threads import WorkThreads, crew
from performance.jobs.spill import Spill

SLICE_S = 60.0
# What is in flight when the process is asked to end has this long; then a sent call's outcome is unknown.
STOP_S = 20.0


class Slice:
    """Takes slots, claims jobs, keeps them in flight, stores them. `run` is called once, in the slice's own loop."""

    def __init__(self, queue: str) -> None:
        kinds = [kind for kind, of_kind in queues_by_kind().items() if of_kind == queue]
        self._worker = workers.heartbeat(workers.RUNNER, queues=[queue])
        claims_thread = crew.thread("claims")
        self._spill = Spill(self._worker.name)
        self._flusher = Flusher(crew.thread("store"), spill=self._spill)
        desk = Desk(crew.thread("calls"), flusher=self._flusher)
        self._floor = Floor(claims_thread, desk=desk, flusher=self._flusher)
        self._flusher.on_stored = self._floor.forget
        self._claimer = Claimer(claims_thread, floor=self._floor, holder=self._worker.name, kinds=kinds)

    async def run(self) -> bool:
        """Work until nothing is left, the slice is over or the process must end; True if the slice was over."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(WorkThreads(thread_name_prefix="work"))
        renewal = Renewal(
            self._worker,
            holdings=self._floor.holdings,
            report=lambda standing: loop.call_soon_threadsafe(self._floor.heed, standing),
        )
        renewal.start()
        flushing = loop.create_task(self._flusher.run())
        try:
            return await self._serve(until=time.monotonic() + SLICE_S)
        finally:
            await self._wind_up(flushing)
            await asyncio.to_thread(renewal.stop)
            await self._claimer.leave()
            crew.rest()

    async def _serve(self, *, until: float) -> bool:
        floor = self._floor
        while not workers.is_stopping():
            floor.beat()
            if time.monotonic() >= until:
                return True
            await self._claimer.take_slots()
            if not floor.lanes:
                return False
            for slot_id in list(floor.lanes):
                floor.launch(floor.lanes[slot_id])
                self._claimer.supply(slot_id)
            floor.changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(floor.changed.wait(), 0.1)
        return False

    async def _wind_up(self, flushing: asyncio.Task[None]) -> None:
        """Claim nothing, give back what isn't in flight or only waits to be, finish what is, store it all."""
        self._floor.is_closed = True
        await self._claimer.close()
        self._floor.send_home()
        while self._floor.in_flight and not workers.is_stopping():
            await self._floor.settle_down(within_s=1.0, cancels=False)
            self._floor.send_home()
        await self._floor.settle_down(within_s=STOP_S, cancels=True)
        self._flusher.end()
        await flushing
        self._spill.close()

"""The floor: the lanes at work in this event loop, their jobs, and who is launched next."""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping

from django.conf import settings

from performance.jobs import claims
from performance.jobs.claims import Claim
from performance.jobs.completion import Outcome
from performance.jobs.kinds import ClaimedJob, JobError, Retry
from performance.jobs.runner.crowd import Crowd
from performance.jobs.runner.flusher import Flusher
from performance.jobs.runner.lane import Lane
from performance.jobs.runner.paying import Desk, Tally
from performance.jobs.runner.renewal import Holdings, Standing
from performance.jobs.runner.threads import DatabaseThread
from performance.jobs.runner.working import Terms, failed, work_on


class Floor:
    """Holds every job from its claim until its outcome is stored; launches what lanes and crowd allow."""

    def __init__(self, claims_thread: DatabaseThread, *, desk: Desk, flusher: Flusher) -> None:
        self._claims_thread = claims_thread
        self._desk = desk
        self._flusher = flusher
        self._crowd = Crowd()
        self._tasks: set[asyncio.Task[None]] = set()
        self._beat = time.monotonic()
        self.lanes: dict[int, Lane] = {}
        self.jobs: dict[int, ClaimedJob] = {}
        self.changed = asyncio.Event()
        self.is_closed = False

    @property
    def in_flight(self) -> int:
        return len(self._tasks)

    def beat(self) -> None:
        """The loop turns: the renewal thread believes it for a lease."""
        self._beat = time.monotonic()

    def launch(self, lane: Lane) -> None:
        """Put in flight what may be: within the lane's grant, in a crowd that every one of them bears, and while calls
        and the replies that wait for their commit, which a death costs, are at most twice what is granted.
        """
        loop = asyncio.get_running_loop()
        while not self.is_closed and self._flusher.in_hand + len(self._crowd) < 2 * grants_of(self.lanes):
            crowd = lane.next_crowd()
            if crowd is None or not self._crowd.admits(crowd):
                return
            claim = lane.pop()
            lane.in_flight += 1
            self._crowd.enter(claim.job.id, crowd)
            task = loop.create_task(self._work(lane, claim))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, lane: Lane, claim: Claim) -> None:
        slot = lane.seat.slot
        try:
            if claim.cohort_limit is not None and claim.cohort_limit <= 1:
                await self._claims_thread.call(lambda: claims.mark_alone(claim.job), patience_s=settings.JOB_LEASE_S)
            terms = Terms(lane.kind, lane.policy, slot.on_unknown == "park")
            self._flusher.complete(await work_on(claim.job, terms=terms, desk=self._desk))
            if slot.delay_ms and not self.is_closed:
                await asyncio.sleep(slot.delay_ms / 1000)
        except asyncio.CancelledError:
            # What was sent is settled as unknown (the process must end now), the job itself is given back.
            reason = "Its worker ended or made room."
            self._flusher.complete(Outcome(claim.job, lane.kind.name, "ready", code="stopped", reason=reason))
        finally:
            lane.in_flight -= 1
            self._crowd.leave(claim.job.id)
            self.launch(lane)
            if not self._crowd:
                self._flusher.hurry()
            self.changed.set()

    def fail(self, lane: Lane, jobs: Iterable[ClaimedJob], error: JobError) -> None:
        """None of these can be launched: to each what a run that raised `error` would bring."""
        terms = Terms(lane.kind, lane.policy, lane.seat.slot.on_unknown == "park")
        for job in jobs:
            self._flusher.complete(failed(job, error, terms=terms, tally=Tally()))

    def forget(self, outcomes: Collection[Outcome]) -> None:
        """Their outcomes are stored, or were refused because others hold them by now."""
        for outcome in outcomes:
            held = self.jobs.get(outcome.job.id)
            if held is not None and held.fence == outcome.job.fence:
                del self.jobs[outcome.job.id]
        stirred = {outcome.job.batch_id for outcome in outcomes}
        for lane in self.lanes.values():
            if lane.seat.slot.batch_id in stirred:
                lane.is_dry = False
            self.launch(lane)

    def holds_any_of(self, batch_id: int) -> bool:
        # A copy, made in one step: the claims' thread adds to them meanwhile.
        return any(job.batch_id == batch_id for job in list(self.jobs.values()))

    def holdings(self) -> Holdings:
        """For the renewal thread: copies, each made in one step."""
        in_flight = {slot_id: lane.in_flight for slot_id, lane in list(self.lanes.items())}
        return Holdings(list(self.jobs.values()), in_flight, self._beat)

    def heed(self, standing: Standing) -> None:
        """Lost jobs aren't launched any more, a lost slot (its batch was paused) is closed, grants change."""
        for job_id in standing.lost:
            self.jobs.pop(job_id, None)
        for slot_id in standing.asked:
            if lane := self.lanes.get(slot_id):
                lane.drop(standing.lost)
                lane.granted = standing.grants.get(slot_id, 0)
        self.changed.set()

    def send_home(self) -> None:
        """Stop those who only wait at a gate: an endpoint may ask for a quarter of an hour."""
        for task in self._tasks & self._desk.queueing:
            task.cancel()

    async def settle_down(self, *, within_s: float, cancels: bool) -> None:
        """Nothing more is launched; wait for what is in flight, and at last cancel it if asked to."""
        self.is_closed = True
        until = time.monotonic() + within_s
        while self._tasks and time.monotonic() < until:
            self.beat()
            await asyncio.wait(self._tasks, timeout=0.2)
        if self._tasks and cancels:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks)


def unprepared(error: Exception) -> Retry:
    return Retry(f"It could not be prepared: {type(error).__name__}: {error}", code=type(error).__name__.lower())


def grants_of(lanes: Mapping[int, Lane]) -> int:
    return sum(lane.granted for lane in lanes.values())

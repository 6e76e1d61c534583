"""Keeps leases, slots and the heartbeat, from a thread with its own connection: a busy event loop doesn't lose them."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, connections

from performance.jobs import claims, slots, workers
from performance.jobs.kinds import ClaimedJob
from performance.jobs.runner.threads import DATABASE_OUT

logger = logging.getLogger(__name__)
TICK_S = 1.0


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the loop holds just now, as a snapshot: its jobs, and what is in flight by slot."""

    jobs: Sequence[ClaimedJob]
    in_flight: Mapping[int, int]
    beat: float


@dataclass(frozen=True, slots=True)
class Standing:
    """What the loop is told: the jobs it has lost, and what each slot it still holds is granted."""

    lost: frozenset[int]
    asked: frozenset[int]
    grants: Mapping[int, int]


class Renewal(threading.Thread):
    """Ticks every second until `stop`. `holdings` is read from this thread, `report` hands over to the loop's."""

    def __init__(
        self, worker: workers.Heartbeat, *, holdings: Callable[[], Holdings], report: Callable[[Standing], object]
    ) -> None:
        super().__init__(name="renewal", daemon=True)
        self._worker = worker
        self._holdings = holdings
        self._report = report
        self._stopped = threading.Event()
        self._leases_due = 0.0

    def run(self) -> None:
        try:
            while not self._stopped.wait(TICK_S):
                self._tick()
        finally:
            connections.close_all()

    def stop(self) -> None:
        """Ends the thread and waits for it."""
        self._stopped.set()
        self.join()

    def _tick(self) -> None:
        held = self._holdings()
        # A loop that has not turned for a whole lease is wedged: let others have its jobs.
        if time.monotonic() - held.beat > settings.JOB_LEASE_S:
            logger.error("the event loop is stuck: its leases are not renewed")
            return
        try:
            grants = slots.keep(holder=self._worker.name, in_flight=held.in_flight)
            lost = self._renew(held.jobs)
            workers.beat(self._worker, in_flight=sum(held.in_flight.values()))
        except DATABASE_OUT as error:
            logger.warning("leases could not be renewed, trying again: %s", error)
            connection.close()
            return
        self._report(Standing(lost, frozenset(held.in_flight), grants))

    def _renew(self, jobs: Sequence[ClaimedJob]) -> frozenset[int]:
        """Every quarter of a lease; what was refused and is still held then is lost."""
        now = time.monotonic()
        if now < self._leases_due or not jobs:
            return frozenset()
        kept = claims.renew(jobs)
        self._leases_due = now + settings.JOB_LEASE_S / 4
        still_held = {job.id: job.fence for job in self._holdings().jobs}
        return frozenset(job.id for job in jobs if job.id not in kept and still_held.get(job.id) == job.fence)

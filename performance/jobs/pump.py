"""The pump: re-publishes lost wake-ups, takes back what dead workers held. Several may run, one leads."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

import redis
from django.db import connection, transaction
from django.utils import timezone

from performance.jobs import batches, control, reaper, settlement, slots, spill, wake, workers
from performance.jobs.kinds import queues_by_kind
from performance.jobs.models import Batch
from performance.jobs.runner.threads import DATABASE_OUT
from performance.metrics.flushing import flush

logger = logging.getLogger(__name__)
TICK_S = 0.5
PUBLISH_S = 1.0
SWEEP_S = 5.0
MEASURED_S = 10.0
OVERDUE_CHUNK = 2000
# How long a duty rests that failed for another reason than an outage.
BACK_OFF_S = 5.0
COMPLAIN_EVERY_S = 60.0
# Leases that ran out while the database was down are no sign of death: the living renew them within a tick of theirs.
OUTAGE_GRACE_S = 1.5
# One leader in the installation; a session lock goes with its connection, so with the process.
_LEAD = "SELECT pg_try_advisory_lock(hashtext('performance.jobs.pump'))"


class Pump:
    """`run` ticks until `stop`. Outages of either server are waited for; a duty that fails holds up no other."""

    def __init__(self) -> None:
        # No Event: `set` in a signal handler that interrupts its `wait` may wait for a lock which that holds, for ever.
        self._told: SimpleQueue[None] = SimpleQueue()
        self._is_stopped = False
        self._worker = workers.heartbeat(workers.PUMP, queues=())
        self.is_leader = False
        self._due: dict[str, float] = {"reap": time.monotonic() + OUTAGE_GRACE_S}
        # Which of the servers it waits for, and when it says so again.
        self._complains_at: dict[str, float] = {}

    def run(self) -> None:
        try:
            while not self._is_stopped:
                self._tick_or_wait()
                with suppress(Empty):
                    self._told.get(timeout=TICK_S)
        finally:
            self._end()

    def stop(self) -> None:
        """Safe in a signal handler."""
        self._is_stopped = True
        self._told.put(None)

    def tick(self) -> None:
        """One round; only the leader does more than its heartbeat and its own host's spilled replies."""
        self._every("heartbeat", workers.HEARTBEAT_S, lambda: workers.beat(self._worker))
        self._every("spill", SWEEP_S, spill.replay)
        if not self._lead():
            return
        self._every("reap", TICK_S / 2, self._take_back)
        self._every("cancel", SWEEP_S, carry_out_cancels)
        self._every("publish", PUBLISH_S, publish_missing)
        self._every("metrics", MEASURED_S, lambda: flush(at=timezone.now()))

    def _tick_or_wait(self) -> None:
        try:
            self.tick()
        except DATABASE_OUT as error:
            self._complain("database", str(error))
            self.is_leader = False
            self._due["reap"] = time.monotonic() + OUTAGE_GRACE_S
            connection.close()
        except redis.RedisError as error:
            self._complain("broker", wake.told(error))
        else:
            for server in self._complains_at:
                logger.info("the pump has the %s again", server)
            self._complains_at.clear()

    def _complain(self, server: str, why: str) -> None:
        """A line when an outage begins, and one a minute: each tick meets it."""
        now = time.monotonic()
        if now >= self._complains_at.get(server, 0.0):
            self._complains_at[server] = now + COMPLAIN_EVERY_S
            logger.warning("the pump waits for the %s: %s", server, why)

    def _take_back(self) -> None:
        with transaction.atomic():
            changes = batches.Changes()
            settlement.mark_overdue(limit=OVERDUE_CHUNK, changes=changes)
            batches.apply(changes)
        if reaper.reap():
            self._due["publish"] = 0.0

    def _lead(self) -> bool:
        if not self.is_leader:
            with connection.cursor() as cursor:
                cursor.execute(_LEAD)
                row = cursor.fetchone()
            self.is_leader = bool(row and row[0])
        return self.is_leader

    def _every(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        now = time.monotonic()
        if now < self._due.get(name, 0.0):
            return
        self._due[name] = now + seconds
        try:
            work()
        except (*DATABASE_OUT, redis.RedisError):
            self._due[name] = now
            raise
        except Exception:
            # The guard per duty: a row or a file that nobody can make sense of must not end the pump for all others.
            logger.exception("the pump's %s failed and is tried again in %g s", name, BACK_OFF_S)
            self._due[name] = now + BACK_OFF_S

    def _end(self) -> None:
        try:
            workers.leave(self._worker)
        except DATABASE_OUT:
            logger.warning("the pump ended while the database was out")
        connection.close()


class PumpThread(threading.Thread):
    """A pump beside a command's own work, on a connection of its own. It ends with its process at the latest."""

    def __init__(self) -> None:
        super().__init__(name="pump", daemon=True)
        self._pump = Pump()
        # Why it ended, where nobody stopped it.
        self.fault = ""

    def run(self) -> None:
        try:
            self._pump.run()
        except Exception as error:
            logger.exception("the pump ended by itself")
            self.fault = f"{type(error).__name__}: {error}"

    def stop(self) -> None:
        self._pump.stop()


def publish_missing() -> int:
    """A wake-up for every free slot that has ready jobs, less those that wait in the broker already."""
    queues = queues_by_kind()
    free = [slot for slot in slots.active() if slot.is_free and slot.has_ready and slot.kind in queues]
    missing = Counter(queues[slot.kind] for slot in free)
    priority = {queues[slot.kind]: slot.priority for slot in reversed(free)}
    published = 0
    for queue, count in missing.items():
        for _ in range(count - wake.waiting(queue)):
            published += wake.publish(queue, priority=priority[queue])
    return published


def carry_out_cancels() -> None:
    """Cancel requests whose process died between the request and the deed."""
    requested = Batch.objects.active().filter(cancel_requested_at__isnull=False)
    for batch_id in requested.values_list("pk", flat=True):
        control.carry_out_cancel(batch_id)
        with transaction.atomic():
            batches.finish(batch_id)

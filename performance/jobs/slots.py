"""Runner slots: who may have how many of a batch's jobs in flight. Leased, like jobs, by the database's clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

from performance.jobs.kinds import queues_json
from performance.jobs.shares import Want, fair_shares
from performance.queues.resting import IS_RESTING

# Shorter than a job's lease, so that a dead runner's slots are free before its jobs are; renewed every second.
SLOT_LEASE_S = min(5.0, 0.75 * settings.JOB_LEASE_S)
# A runner takes a slot beyond 500 in flight only when nobody else wanted it for this long.
YIELD_S = 1.0
# One at a time grants capacity; taken rarely (a slot is held for a slice), released with the transaction.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('performance.jobs.slots'))"
_ACTIVE = """
SELECT s.id, s.batch_id, s.share, s.granted, s.holder, b.kind, b.priority, b.delay_ms, b.max_attempts, b.on_unknown,
    s.holder = '' OR s.lease_until < now(),
    CASE WHEN s.holder = '' THEN now() - s.freed_at > make_interval(secs => %(yield)s)
         ELSE now() - s.lease_until > make_interval(secs => %(yield)s) END,
    b.total - b.succeeded - b.dead - b.parked - b.cancelled,
    EXISTS (SELECT FROM performance_job j WHERE j.batch_id = b.id AND j.state = 'ready' AND j.available_at <= now())
FROM performance_runnerslot s JOIN performance_batch b ON b.id = s.batch_id
WHERE b.state = 'running' AND b.cancel_requested_at IS NULL
    AND NOT {is_resting} ORDER BY b.priority, b.id, s.number
""".replace("{is_resting}", IS_RESTING.format(queue="(%(queues)s::jsonb ->> b.kind)"))
_TAKE = """
UPDATE performance_runnerslot SET holder = %(holder)s, granted = %(granted)s,
    lease_until = now() + make_interval(secs => %(lease)s)
WHERE id = %(id)s AND (holder = '' OR lease_until < now()) RETURNING id
"""
_KEEP = """
UPDATE performance_runnerslot s SET lease_until = now() + make_interval(secs => %(lease)s), granted = g.granted
FROM unnest(%(ids)s::bigint[], %(grants)s::int[]) AS g(id, granted)
WHERE s.id = g.id AND s.holder = %(holder)s RETURNING s.id
"""
_FREE = """
UPDATE performance_runnerslot SET holder = '', granted = 0, lease_until = NULL, freed_at = now()
WHERE id = ANY(%(ids)s::bigint[]) AND holder = %(holder)s
"""
_PARAMS = "SELECT params::text FROM performance_batch WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a running batch as it stands; `rest` are the batch's unfinished jobs."""

    id: int
    batch_id: int
    share: int
    granted: int
    holder: str
    kind: str
    priority: int
    delay_ms: int
    max_attempts: int
    on_unknown: str
    is_free: bool
    is_left: bool
    rest: int
    has_ready: bool
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def want(self) -> Want:
        return Want(self.id, self.priority, min(self.share, self.rest))


@dataclass(frozen=True, slots=True)
class Seat:
    """A slot that is held, and how many may be in flight on it."""

    slot: Slot
    granted: int


def active() -> list[Slot]:
    """All slots of running batches whose queue isn't paused, the most urgent first."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE, {"yield": YIELD_S, "queues": queues_json()})
        return [Slot(*row) for row in cursor.fetchall()]


def take(*, holder: str, kinds: Sequence[str], held: int) -> list[Seat]:
    """Free slots with ready jobs for this runner, which has `held` in flight already, within the capacity left.

    Up to 500 in flight at once, beyond that only what nobody else took for a second.
    """
    if not any(slot.kind in kinds and slot.is_free and slot.has_ready for slot in active()):
        return []
    with transaction.atomic():
        _lock()
        slots = active()
        left = settings.JOB_MAX_IN_FLIGHT - sum(slot.granted for slot in slots if not slot.is_free)
        fair = _fair(slots)
        seats: list[Seat] = []
        for slot in slots:
            granted = min(fair.get(slot.id, 0), left)
            if slot.kind not in kinds or not slot.is_free or not slot.has_ready or granted < 1:
                continue
            if held and held + granted > 500 and not slot.is_left:
                continue
            if _take(slot, holder=holder, granted=granted):
                seats.append(Seat(_with_params(slot), granted))
                held, left = held + granted, left - granted
    return seats


def keep(*, holder: str, in_flight: Mapping[int, int]) -> dict[int, int]:
    """Renew the held slots, by slot id what is in flight on each; returns what is granted from now on.

    What another batch has a right to is handed over as it drains: never below what is in flight. A slot that is
    missing from the answer is lost.
    """
    if not in_flight:
        return {}
    with transaction.atomic():
        _lock()
        slots = active()
        fair = _fair(slots)
        own = {slot.id: slot for slot in slots if slot.id in in_flight and slot.holder == holder}
        left = settings.JOB_MAX_IN_FLIGHT - sum(slot.granted for slot in slots if not slot.is_free)
        grants: dict[int, int] = {}
        for slot_id, slot in own.items():
            wanted = max(fair.get(slot_id, 0), min(in_flight[slot_id], slot.granted))
            grants[slot_id] = min(wanted, slot.granted + max(left, 0))
            left -= grants[slot_id] - slot.granted
        kept = _keep(holder, grants)
    return {slot_id: grants[slot_id] for slot_id in kept}


def free(slot_ids: Sequence[int], *, holder: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FREE, {"ids": list(slot_ids), "holder": holder})


def _fair(slots: Sequence[Slot]) -> dict[int, int]:
    """Each slot's fair amount, of those that are worked on or could be."""
    wants = [slot.want for slot in slots if slot.rest and (slot.has_ready or not slot.is_free)]
    return fair_shares(wants, capacity=settings.JOB_MAX_IN_FLIGHT)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def _take(slot: Slot, *, holder: str, granted: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"id": slot.id, "holder": holder, "granted": granted, "lease": SLOT_LEASE_S})
        return cursor.fetchone() is not None


def _keep(holder: str, grants: Mapping[int, int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {"holder": holder, "ids": list(grants), "grants": list(grants.values()), "lease": SLOT_LEASE_S},
        )
        return {slot_id for (slot_id,) in cursor.fetchall()}


def _with_params(slot: Slot) -> Slot:
    with connection.cursor() as cursor:
        cursor.execute(_PARAMS, [slot.batch_id])
        (text,) = cursor.fetchone()
    values = {name: getattr(slot, name) for name in Slot.__dataclass_fields__}
    return Slot(**values | {"params": orjson.loads(text)})

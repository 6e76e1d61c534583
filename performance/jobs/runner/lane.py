"""A lane: one slot of a batch at work. It knows what is held, what is in flight, and what may be launched next."""

import heapq
import itertools
from dataclasses import dataclass, field, replace
from typing import Any

from performance.jobs.claims import Claim
from performance.jobs.kinds import Kind, Policy, kind_named
from performance.jobs.slots import Seat

# A chunk is claimed and prepared in one go; the first hundred are launched while the next are fetched.
CLAIM_CHUNK = 128
NO_LIMIT = 1 << 30


@dataclass(slots=True)
class Lane:
    """Held jobs wait in a heap: those that may run in a crowd first, suspects (see reaper) last."""

    seat: Seat
    granted: int
    in_flight: int = 0
    is_claiming: bool = False
    claim_after: float = 0.0
    # The last claim found nothing, nothing will be ready soon, and no outcome was stored since.
    is_dry: bool = False
    _held: list[tuple[int, int, Claim]] = field(default_factory=list)
    _order: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def kind(self) -> Kind[Any]:
        return kind_named(self.seat.slot.kind)

    @property
    def policy(self) -> Policy:
        return replace(self.kind.policy, max_attempts=self.seat.slot.max_attempts)

    @property
    def held(self) -> int:
        return len(self._held)

    def hold(self, claims: list[Claim]) -> None:
        for claim in claims:
            crowd = NO_LIMIT if claim.cohort_limit is None else max(claim.cohort_limit, 1)
            heapq.heappush(self._held, (-crowd, next(self._order), claim))

    def wanted(self, *, now: float) -> int:
        """How many to claim now: hold at most twice what is granted, and ask when half a share is missing."""
        if self.is_claiming or now < self.claim_after or self.granted < 1:
            return 0
        missing = 2 * self.granted - self.held - self.in_flight
        return min(missing, self.granted, CLAIM_CHUNK) if 2 * missing >= self.granted else 0

    def next_crowd(self) -> int | None:
        """The crowd that the next job bears (itself included), or None if nothing may be launched on this lane."""
        if not self._held or self.in_flight >= self.granted:
            return None
        return -self._held[0][0]

    def pop(self) -> Claim:
        return heapq.heappop(self._held)[2]

    def drop(self, job_ids: frozenset[int]) -> None:
        """These were lost to somebody else."""
        self._held = [entry for entry in self._held if entry[2].job.id not in job_ids]
        heapq.heapify(self._held)

    def empty(self) -> list[Claim]:
        """All that is held, no longer held."""
        claims = [claim for _, _, claim in self._held]
        self._held = []
        return claims

    def is_idle(self) -> bool:
        return not (self._held or self.in_flight or self.is_claiming)

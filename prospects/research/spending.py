"""What the research of one company may cost: beyond that nothing is bought for it, whatever its batch has left."""

from dataclasses import dataclass

from performance.jobs.kinds import CallFailed, Calls, Gate, PaidRequest, PauseBatch, Reply, Send


@dataclass(slots=True)
class Capped:
    """The paid calls of one company, of which all together are estimated at `most_micros` at most.

    What research takes for an empty budget it takes for this one: the company goes without, and says so.
    """

    calls: Calls
    most_micros: int
    _booked_micros: int = 0

    async def once(self, request: PaidRequest, send: Send, *, gate: Gate | None = None) -> Reply:
        """As `Calls.once`. Raises PauseBatch where the company's money won't do: nothing is sent."""
        estimate = request.estimate_micros
        if self._booked_micros + estimate > self.most_micros:
            cap = self.most_micros / 1_000_000
            raise PauseBatch(f"One company may cost ${cap:g} (COMPANY_BUDGET_USD).", code="budget")
        # An unknown outcome counts as if it had been charged.
        self._booked_micros += estimate
        try:
            reply = await self.calls.once(request, send, gate=gate)
        except CallFailed:
            self._booked_micros -= estimate
            raise
        self._booked_micros += (0 if reply.is_from_ledger else reply.cost_micros) - estimate
        return reply

"""Where calls wait for their turn: for concurrency, for the rate, and for an open breaker to close.

It is entered before a call is marked sent, so what waits here costs nothing and is lost with nothing. First come,
first served; one timer for all that wait.
"""

import asyncio
import time
from collections import deque
from types import TracebackType

from performance.jobs import kinds
from performance.jobs.kinds import PauseBatch
from prospects.llm.breaker import Breaker
from prospects.llm.headers import RateLimits
from prospects.llm.pace import Pace, Ticket

SHORTEST_TIMER_S = 0.001
# An endpoint that has never answered is more likely set up wrong than down for a moment.
FIRST_ANSWER_S = 3.0
FIRST_FAILURES = 3


class Permit(kinds.Gate):
    """One call's place in the gate; entered once."""

    __slots__ = ("_gate", "_is_inside", "ticket", "tokens")

    def __init__(self, gate: "Gate", tokens: int) -> None:
        self._gate = gate
        self._is_inside = False
        self.tokens = tokens
        self.ticket = Ticket(epoch=-1, tokens=tokens)

    def enter_at_once(self) -> bool:
        self._is_inside = self._gate.enter_at_once(self)
        return self._is_inside

    async def __aenter__(self) -> "Permit":
        if not self._is_inside:
            await self._gate.enter(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gate.leave()


class Gate:
    """The gate of one (endpoint, model) in one event loop. Raises PauseBatch to those inside when the breaker has been
    open for `pause_after_s` and a probe has failed again; where no call of an unfinished run has ever been answered
    (`has_answered`), after 3 s of nothing but failures."""

    def __init__(self, pace: Pace, breaker: Breaker, *, pause_after_s: float, has_answered: bool = True) -> None:
        self.pace = pace
        self.breaker = breaker
        self._pause_after_s = pause_after_s
        self._has_answered = has_answered
        self._waiting: deque[tuple[Permit, asyncio.Future[None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def permit(self, tokens: int) -> Permit:
        return Permit(self, tokens)

    def enter_at_once(self, permit: Permit) -> bool:
        """Where only concurrency limits: a place that is given back unused has cost no turn of a rate, and no probe."""
        now = time.monotonic()
        if self._waiting or self.breaker.is_open or self.pace.has_rates or self._wait_s(permit, now) > 0:
            return False
        self._start(permit, now)
        return True

    async def enter(self, permit: Permit) -> None:
        now = time.monotonic()
        if not self._waiting and self._wait_s(permit, now) <= 0:
            self._start(permit, now)
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.append((permit, place))
        self._admit()
        try:
            await place
        except asyncio.CancelledError:
            # Let in and cancelled in the same turn of the loop: give the place back.
            if place.done() and not place.cancelled() and place.exception() is None:
                self.leave()
            raise

    def leave(self) -> None:
        self.pace.end()
        self._admit()

    # --- what became of a call ---

    def answered(self, limits: RateLimits) -> bool:
        """A usable answer. True when it closed the breaker."""
        self._has_answered = True
        self.pace.succeeded(limits, time.monotonic())
        return self.breaker.succeeded()

    def rejected(self) -> bool:
        """Another refusal of the request itself: the endpoint lives, and nothing is learnt of its pace."""
        return self.breaker.succeeded()

    def refused(self, permit: Permit, limits: RateLimits) -> bool:
        """A 429."""
        self.pace.refused(permit.ticket, limits, time.monotonic())
        return self.breaker.succeeded()

    def failed(self, reason: str) -> bool:
        """No connection, a 5xx or a time-out. True when this opened the breaker."""
        now = time.monotonic()
        self.pace.failed(now)
        has_opened = self.breaker.failed(reason, now)
        if self.is_overdue:
            self._turn_away(reason)
        return has_opened

    @property
    def is_overdue(self) -> bool:
        """Whether the endpoint has failed for so long that a person should know."""
        now = time.monotonic()
        if self.breaker.is_open and self.breaker.open_s(now) >= self._pause_after_s:
            return True
        # A call that is still under way may yet be the first answer: models may think for minutes.
        is_alone = self.pace.in_flight <= 1
        lasts = self.breaker.failures >= FIRST_FAILURES and self.breaker.failing_s(now) >= FIRST_ANSWER_S
        return lasts and is_alone and not self._has_answered

    def overdue_reason(self, reason: str) -> str:
        failing_s = self.breaker.failing_s(time.monotonic())
        return f"The LLM endpoint has failed for {failing_s:.0f} s and its runs wait for a person: {reason}"

    # --- waiting ---

    def _wait_s(self, permit: Permit, now: float) -> float:
        return max(self.breaker.wait_s(now), self.pace.wait_s(permit.tokens, now))

    def _start(self, permit: Permit, now: float) -> None:
        self.breaker.start(now)
        permit.ticket = self.pace.start(permit.tokens, now)

    def _admit(self) -> None:
        """Let in whom there is room for, and set the timer for the next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = time.monotonic()
        while self._waiting:
            permit, place = self._waiting[0]
            if not place.done():
                wait_s = self._wait_s(permit, now)
                if wait_s > 0:
                    self._wake_in(wait_s)
                    return
                self._start(permit, now)
                place.set_result(None)
            self._waiting.popleft()

    def _wake_in(self, wait_s: float) -> None:
        if wait_s != float("inf"):
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(wait_s, SHORTEST_TIMER_S), self._admit)

    def _turn_away(self, reason: str) -> None:
        error = PauseBatch(self.overdue_reason(reason), code="endpoint_down")
        while self._waiting:
            _, place = self._waiting.popleft()
            if not place.done():
                place.set_exception(error)

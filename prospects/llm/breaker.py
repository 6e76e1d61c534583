"""A circuit breaker: stops asking an endpoint that keeps failing, and tries it with one request now and then. Pure.

The intervals between probes are short (0.25 s, doubling to 1 s), so that an outage is over for us within a second of
its end; a refused connection costs nothing. Clock: seconds that only grow.
"""

import math
from dataclasses import dataclass

OPENS_AFTER = 5
FIRST_PROBE_S = 0.25
LONGEST_PROBE_S = 1.0


@dataclass(slots=True)
class Breaker:
    """Closed while `opened_at` is None."""

    failures: int = 0
    reason: str = ""
    opened_at: float | None = None
    failing_since: float | None = None
    _probe_at: float = -math.inf
    _interval_s: float = FIRST_PROBE_S

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None

    @property
    def blames_endpoint(self) -> bool:
        """Whether a failure now is the endpoint's and not the request's: the one before it failed as well."""
        return self.is_open or self.failures > 0

    def wait_s(self, now: float) -> float:
        """0 when a request may go (any when closed, a probe when open), else seconds until the next probe."""
        return max(0.0, self._probe_at - now) if self.is_open else 0.0

    def start(self, now: float) -> None:
        """A request goes; of an open breaker it is the probe, and the next is due an interval later."""
        if self.is_open:
            self._probe_at = now + self._interval_s
            self._interval_s = min(LONGEST_PROBE_S, self._interval_s * 2)

    def succeeded(self) -> bool:
        """An answer, of whatever kind: the endpoint lives. True when this closed the breaker."""
        was_open = self.is_open
        self.failures, self.reason, self.opened_at, self.failing_since = 0, "", None, None
        self._probe_at, self._interval_s = -math.inf, FIRST_PROBE_S
        return was_open

    def failed(self, reason: str, now: float) -> bool:
        """No connection, a 5xx, a time-out. True when this opened the breaker."""
        self.failures += 1
        self.reason = reason
        self.failing_since = now if self.failing_since is None else self.failing_since
        if self.is_open or self.failures < OPENS_AFTER:
            return False
        self.opened_at = now
        self._probe_at = now + self._interval_s
        return True

    def open_s(self, now: float) -> float:
        return now - self.opened_at if self.opened_at is not None else 0.0

    def failing_s(self, now: float) -> float:
        """Since the first failure that no answer has followed."""
        return now - self.failing_since if self.failing_since is not None else self.open_s(now)

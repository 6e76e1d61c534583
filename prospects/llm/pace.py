"""How fast an endpoint may be asked: concurrency by additive increase and multiplicative decrease, and the rates that
its headers tell. Pure: the clock is an argument, in seconds that only grow.

Where x-ratelimit headers reveal a rate, a token bucket at that rate paces the requests and concurrency is left alone:
it used 100 % of a limit with no refusals, where AIMD alone reached 97 % with a few percent refused. Without headers
AIMD it is, as evaluation runners do it: full speed until the first 429; then from 20, doubling each clean round until
the next, then + 5 % a clean round, and a cut to 80 % on a 429. Servers also answer 429 now and then whatever the pace
(a busy replica, a shared quota): while they are few, they slow growth down and cut once in 15 s at most. Before, one
such answer in twenty held a run of 100 at once down to ten requests a second.
"""

import math
from dataclasses import dataclass, field

from prospects.llm.headers import RateHeaders, RateLimits

FIRST_STRICT_LIMIT = 20.0
GROWTH = 1.05
CUT = 0.8
CUT_EVERY_S = 15.0
# A server may ask for 20 ms; the requests that were under way go on being refused for longer.
SHORTEST_CUT_S = 2.0
# More refused than this, of the last fifty answers, is the pace's fault; and one refused outweighs ten answered.
FEW, MEMORY, WEIGHT = 0.1, 50, 10
# Grow only where the limit is what holds the work back.
BUSY_SHARE = 0.8
GROWTH_PAUSE_S = 5.0
# A bucket of ours holds a tenth of a second's worth: sending evenly leaves the server's bucket as the slack.
BURST_S = 0.1
# Below this share of what a window allows, leave a little unused so that it fills again.
LOW_SHARE, LOW_PACE = 0.1, 0.98
# The size of a window of which only the rate is remembered.
UNKNOWN = 0


@dataclass(slots=True)
class Bucket:
    """Allows `rate * trim` a second. A request larger than the bucket leaves it in debt."""

    limit: int
    rate: float
    capacity: float
    level: float
    at: float
    trim: float = 1.0
    ease: float = 1.0

    def wait_s(self, amount: float, now: float) -> float:
        self._refill(now)
        missing = min(amount, self.capacity) - self.level
        return missing / self._pace if missing > 0 else 0.0

    def take(self, amount: float, now: float) -> None:
        self._refill(now)
        self.level -= amount

    def learn(self, headers: RateHeaders) -> None:
        """Follow the rate that the headers tell, where enough of the window is used to tell one."""
        self.ease = LOW_PACE if headers.remaining < LOW_SHARE * headers.limit else 1.0
        if (rate := headers.rate) is not None:
            self.rate = rate
            self.capacity = max(1.0, rate * BURST_S)

    @property
    def _pace(self) -> float:
        return self.rate * self.trim * self.ease

    def _refill(self, now: float) -> None:
        self.level = min(self.capacity, self.level + max(0.0, now - self.at) * self._pace)
        self.at = now


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request under way: 429s to tickets from before a cut say nothing about the pace since."""

    epoch: int
    tokens: int


@dataclass(slots=True)
class Pace:
    """The pace of one (endpoint, model). `most` is the highest concurrency ever allowed."""

    most: float
    limit: float = 0.0
    is_strict: bool = False
    in_flight: int = 0
    _doubling: bool = False
    _clean: int = 0
    _share: float = 0.0
    _answers: int = 0
    _epoch: int = 0
    _cut_at: float = -math.inf
    _growth_from: float = -math.inf
    _blocked_until: float = -math.inf
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.limit = min(self.limit or self.most, self.most)

    @property
    def rates(self) -> dict[str, float]:
        """Known limits a second, by "requests" and "tokens"."""
        return {kind: bucket.rate for kind, bucket in self._buckets.items()}

    @property
    def has_rates(self) -> bool:
        return bool(self._buckets)

    def remember(self, kind: str, rate: float, now: float) -> None:
        """Begin with a rate that was learnt before, in another process or run."""
        self._buckets[kind] = Bucket(UNKNOWN, rate, capacity=max(1.0, rate * BURST_S), level=1.0, at=now)

    def wait_s(self, tokens: int, now: float) -> float:
        """Seconds until a request of so many tokens may start: 0 now, infinity when another must end first."""
        if self.in_flight >= max(1, int(self.limit)):
            return math.inf
        waits = (bucket.wait_s(_amount(kind, tokens), now) for kind, bucket in self._buckets.items())
        return max(self._blocked_until - now, *waits, 0.0) if self._buckets else max(self._blocked_until - now, 0.0)

    def start(self, tokens: int, now: float) -> Ticket:
        self.in_flight += 1
        for kind, bucket in self._buckets.items():
            bucket.take(_amount(kind, tokens), now)
        return Ticket(self._epoch, tokens)

    def end(self) -> None:
        self.in_flight -= 1

    def succeeded(self, limits: RateLimits, now: float) -> None:
        self._learn(limits, now, refused=False)
        self._answered(refused=False)
        self._clean += 1
        if self._clean < min(self.limit, max(1, self.in_flight)) or now < self._growth_from:
            return
        self._clean = 0
        for bucket in self._buckets.values():
            bucket.trim = min(1.0, bucket.trim * GROWTH)
        if self.in_flight >= BUSY_SHARE * self.limit:
            self.limit = min(self.most, self.limit * 2 if self._doubling else max(self.limit + 1, self.limit * GROWTH))

    def refused(self, ticket: Ticket, limits: RateLimits, now: float) -> None:
        """A 429."""
        had_buckets = bool(self._buckets)
        self._learn(limits, now, refused=True)
        if ticket.epoch != self._epoch:
            self._block(limits, now)
            return
        self._answered(refused=True)
        self._clean = max(0, self._clean - WEIGHT)
        are_few = self._share <= FEW
        if not are_few:
            self._block(limits, now)
        if not self._is_cut_due(limits, now, are_few=are_few):
            return
        self._epoch += 1
        self._cut_at = now
        self._share = 0.0
        self.is_strict = True
        if self._buckets:
            self._trim(had_buckets)
        else:
            self._cut()

    def _is_cut_due(self, limits: RateLimits, now: float, *, are_few: bool) -> bool:
        """Many 429s cut once per Retry-After, while doubling at once; a few cut once in 15 s, and never first."""
        if are_few:
            return (self.limit < self.most or bool(self._buckets)) and now >= self._cut_at + CUT_EVERY_S
        patience_s = 0.0 if self._doubling else max(SHORTEST_CUT_S, limits.retry_after_s or CUT_EVERY_S)
        return now >= self._cut_at + patience_s

    def _cut(self) -> None:
        """From full speed to twenty, and from there by a fifth."""
        self._doubling = self.limit == self.most > FIRST_STRICT_LIMIT
        self.limit = FIRST_STRICT_LIMIT if self._doubling else max(1.0, self.limit * CUT)

    def _answered(self, *, refused: bool) -> None:
        """The share of 429s among the last answers, the newer counting more."""
        self._answers = min(self._answers + 1, MEMORY)
        self._share += (refused - self._share) / self._answers

    def _block(self, limits: RateLimits, now: float) -> None:
        if limits.retry_after_s:
            self._blocked_until = max(self._blocked_until, now + limits.retry_after_s)

    def failed(self, now: float) -> None:
        """A 5xx or a broken connection: no reason to slow down, but none to grow."""
        self._clean = 0
        self._growth_from = now + GROWTH_PAUSE_S

    def _trim(self, had_buckets: bool) -> None:
        """Refused although the rate was kept: others share it."""
        for bucket in self._buckets.values() if had_buckets else ():
            bucket.trim = max(0.05, bucket.trim * CUT)

    def _learn(self, limits: RateLimits, now: float, *, refused: bool) -> None:
        for kind, headers in limits.by_kind.items():
            known = self._buckets.get(kind)
            if known is not None and known.limit in {UNKNOWN, headers.limit}:
                if known.limit == UNKNOWN:
                    self._lift()
                known.limit = headers.limit
                known.learn(headers)
                if refused and headers.remaining == 0:
                    known.level = min(known.level, 0.0)
            elif headers.rate is not None:
                fresh = Bucket(headers.limit, headers.rate, capacity=1.0, level=0.0, at=now)
                fresh.learn(headers)
                self._buckets[kind] = fresh
                self._lift()
            elif known is not None:
                # The account's limit has changed: find the new rate before pacing by it.
                del self._buckets[kind]

    def _lift(self) -> None:
        """The headers tell a rate: the concurrency that was found without them holds back no longer."""
        self.limit, self._doubling = self.most, False


def _amount(kind: str, tokens: int) -> float:
    return float(tokens) if kind == "tokens" else 1.0

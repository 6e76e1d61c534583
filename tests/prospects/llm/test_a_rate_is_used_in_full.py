"""A server's rate is used in full and hardly ever passed, in simulated time."""

import heapq
import math
from collections import Counter
from dataclasses import dataclass

import pytest

from prospects.llm.headers import RateHeaders, RateLimits
from prospects.llm.pace import Pace, Ticket

LATENCY_S = 2.0
STEP_S = 0.01
WARM_UP_S, MEASURED_S = 10, 20
TOKENS = 500


@dataclass
class Server:
    """A token bucket of `window_s` worth, empty at first, described by headers as OpenAI does."""

    rate: float
    window_s: float
    level: float = 0.0
    at: float = 0.0

    def ask(self, now: float) -> tuple[bool, RateLimits]:
        limit = self.rate * self.window_s
        self.level = min(limit, self.level + (now - self.at) * self.rate)
        self.at = now
        is_refused = self.level < 1
        self.level -= not is_refused
        headers = RateHeaders(int(limit), int(self.level), (limit - self.level) / self.rate)
        return is_refused, RateLimits({"requests": headers}, 1.0 if is_refused else None)


def second_by_second(pace: Pace, server: Server, *, jobs: int) -> Counter[tuple[int, bool]]:
    """How many requests were accepted (False) and refused (True) in each second, `jobs` asking all the time."""
    seen: Counter[tuple[int, bool]] = Counter()
    under_way: list[tuple[float, int, Ticket, bool, RateLimits]] = []
    for step in range(round((WARM_UP_S + MEASURED_S) / STEP_S)):
        now = step * STEP_S
        while under_way and under_way[0][0] <= now:
            _, _, ticket, is_refused, limits = heapq.heappop(under_way)
            if is_refused:
                pace.refused(ticket, limits, now)
            else:
                pace.succeeded(limits, now)
            pace.end()
        while len(under_way) < jobs and pace.wait_s(TOKENS, now) <= 0:
            ticket = pace.start(TOKENS, now)
            is_refused, limits = server.ask(now)
            seen[int(now), is_refused] += 1
            answered_at = now + (0.05 if is_refused else LATENCY_S)
            heapq.heappush(under_way, (answered_at, seen.total(), ticket, is_refused, limits))
    return seen


@pytest.mark.parametrize(("rate", "window_s"), [(50.0, 1.0), (400.0, 1.0), (5.0, 60.0), (100.0, 60.0)])
def test_a_rate_that_the_headers_tell(rate: float, window_s: float) -> None:
    jobs = math.ceil(3 * rate * LATENCY_S)

    seen = second_by_second(Pace(most=1000), Server(rate, window_s), jobs=jobs)

    after = range(WARM_UP_S, WARM_UP_S + MEASURED_S)
    accepted, refused = (sum(seen[second, which] for second in after) for which in (False, True))
    assert accepted / (rate * MEASURED_S) >= 0.95
    assert refused / (accepted + refused) < 0.05

"""A till that counts what is charged, and requests to it."""

import asyncio
from collections import Counter

from performance.jobs.calls import call_key
from performance.jobs.kinds import Calls, PaidRequest, Reply


def request_for(name: str, *, estimate_micros: int = 100, timeout_s: float = 5.0, ttl_s: int = 3600) -> PaidRequest:
    key = call_key(endpoint="till", model="m", parameters={}, messages=[{"name": name}], schema=None)
    return PaidRequest(key, estimate_micros, timeout_s, ttl_s, purpose="test", model="m")


class Till:
    """Each sale costs `price`; `fails` is raised for a name instead of a sale, once for each entry."""

    def __init__(self, *, price: int = 80, takes_s: float = 0.0) -> None:
        self.price = price
        self.takes_s = takes_s
        self.charges: Counter[str] = Counter()
        self.fails: dict[str, list[BaseException]] = {}

    async def buy(self, name: str, calls: Calls, *, request: PaidRequest | None = None) -> Reply:
        return await calls.once(request or request_for(name), lambda: self._sell(name))

    async def _sell(self, name: str) -> Reply:
        if self.fails.get(name):
            raise self.fails[name].pop(0)
        self.charges[name] += 1
        await asyncio.sleep(self.takes_s)
        return Reply({"bought": name}, self.price, 10, 5, 12)

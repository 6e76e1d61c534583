"""How often engines are asked: at once, per second, and per day."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from types import TracebackType

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone

from performance.jobs.kinds import CallFailed, Gate
from prospects.search.hits import Engine

# Questions a second, of a process: what SearXNG's own limiter and Google's quota of 100 a minute let through.
PER_SECOND = {"searxng": 10.0, "serper": 20.0, "google": 1.5, "file": 1000.0}
_DEFAULT_PER_SECOND = 5.0
# Who would have to wait longer comes again: a slice of work ends only when all that wait in it do.
MOST_PATIENCE_S = 5.0
_KEPT = timedelta(days=2)
_FREE = {"consumes_attempt": False}
# Counted here while Valkey is away.
_here: Counter[str] = Counter()


@dataclass(slots=True)
class EngineGate(Gate):
    """An engine's, in one event loop. What the ledger has doesn't pass it."""

    engine: Engine
    places: asyncio.Semaphore
    next_at: float = 0.0
    _interval_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._interval_s = 1 / PER_SECOND.get(self.engine.name, _DEFAULT_PER_SECOND)

    async def __aenter__(self) -> object:
        """Waits for a place and for its turn. Raises CallFailed where the day's calls are used up."""
        await self.places.acquire()
        try:
            loop = asyncio.get_running_loop()
            turn = max(self.next_at, now := loop.time())
            if turn - now > MOST_PATIENCE_S:
                raise CallFailed(f"{self.engine.name} rests.", code="engine_busy", after_s=turn - now, **_FREE)
            self.next_at = turn + self._interval_s
            await asyncio.sleep(turn - now)
            await self._count()
        except BaseException:
            self.places.release()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.places.release()

    def rest(self, after_s: float) -> None:
        """Nobody asks for that long: the engine said so."""
        self.next_at = max(self.next_at, asyncio.get_running_loop().time() + after_s)

    async def _count(self) -> None:
        if not self.engine.cost_micros:
            return
        now = timezone.now()
        asked = await asyncio.to_thread(partial(count, self.engine.name, at=now))
        if asked > settings.SEARCH_PER_DAY:
            raise CallFailed(
                f"{self.engine.name} was asked {settings.SEARCH_PER_DAY:,} times today (SEARCH_PER_DAY).",
                code="daily_limit",
                after_s=until_midnight_s(now),
                **_FREE,
            )


def count(name: str, *, at: datetime) -> int:
    """Count a paid call of a day (UTC), over all processes; the count with it. Of this process alone without Valkey."""
    key = f"searches:{name}:{at.astimezone(UTC):%Y-%m-%d}"
    _here[key] += 1
    shared = caches["limits"]
    shared.add(key, 0, timeout=_KEPT.total_seconds())
    try:
        counted = shared.incr(key)
    except ValueError:
        # The key went between the two: Valkey was emptied, or is away.
        counted = None
    return counted if isinstance(counted, int) else _here[key]


def until_midnight_s(now: datetime) -> float:
    """Seconds until the next day (UTC)."""
    today = now.astimezone(UTC).date()
    return (datetime.combine(today + timedelta(days=1), time(), tzinfo=UTC) - now).total_seconds()


_gates: dict[asyncio.AbstractEventLoop, dict[str, EngineGate]] = {}


def gate_for_loop(engine: Engine) -> EngineGate:
    """The engine's gate in the running loop. MAX_CONCURRENT_SEARCHES are asked at once."""
    for ended in [loop for loop in _gates if loop.is_closed()]:
        del _gates[ended]
    gates = _gates.setdefault(asyncio.get_running_loop(), {})
    if engine.name not in gates:
        gates[engine.name] = EngineGate(engine, asyncio.Semaphore(settings.MAX_CONCURRENT_SEARCHES))
    return gates[engine.name]

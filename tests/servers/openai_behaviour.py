"""How the OpenAI-compatible test server misbehaves, and what it remembers: options, buckets, the ledger of charges."""

import hashlib
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

FAULTS = (
    "rate_limited",  # 429 with Retry-After
    "server_error",  # 500, 502, 503 in turn
    "hang",  # charged, and no answer ever
    "drip",  # charged, and a byte every 0.2 s
    "truncated",  # charged; the answer's JSON breaks off, finish_reason "stop"
    "garbage",  # charged; prose where JSON was asked for
    "html",  # charged; the HTTP body is a web page, as from a proxy
    "refusal",  # charged; message.refusal instead of content
    "length",  # charged; cut off, finish_reason "length"
    "reset_before",  # the connection is reset, nothing charged
    "reset_after",  # charged, then the connection is reset
    "invented_quotes",  # charged; quotes that stand in no document
)


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that can be set by command line or `POST /control`. Seconds, requests per second."""

    latency: float = 0.0
    key: str = ""  # empty: any key is taken
    models: tuple[str, ...] = ("gpt-5-mini", "gpt-4o-mini")
    faults: dict[str, float] = field(default_factory=dict)
    only_first: bool = False  # a request's repetition is never hit by a fault
    seed: int = 0
    retry_after: float = 1.0
    rate: float = 0.0  # 0: no limit
    burst: float = 0.0  # 0: a second's worth
    tokens_per_s: float = 0.0
    no_schema: bool = False  # 400 on response_format json_schema
    no_json_mode: bool = False  # 400 on response_format json_object
    says: str = ""  # the text of every answer: a model that obeyed somebody else

    def changed(self, values: dict[str, Any]) -> "Options":
        known = {f.name for f in fields(self)}
        if unknown := values.keys() - known:
            raise ValueError(f"no such option: {', '.join(sorted(unknown))}")
        if bad := values.get("faults", {}).keys() - set(FAULTS):
            raise ValueError(f"no such fault: {', '.join(sorted(bad))}")
        if "models" in values:
            values = {**values, "models": tuple(values["models"])}
        return replace(self, **values)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Bucket:
    """A token bucket, and the x-ratelimit headers that describe it as OpenAI does."""

    def __init__(self, *, kind: str, rate: float, capacity: float) -> None:
        self.kind = kind
        self.rate = rate
        self.capacity = capacity
        self._level = capacity
        self._at = time.monotonic()

    def take(self, amount: float) -> bool:
        now = time.monotonic()
        self._level = min(self.capacity, self._level + (now - self._at) * self.rate)
        self._at = now
        if self._level < amount:
            return False
        self._level -= amount
        return True

    def wait_s(self, amount: float) -> float:
        return max(0.0, (min(amount, self.capacity) - self._level) / self.rate)

    def headers(self) -> dict[str, str]:
        reset_s = (self.capacity - self._level) / self.rate
        return {
            f"x-ratelimit-limit-{self.kind}": str(int(self.capacity)),
            f"x-ratelimit-remaining-{self.kind}": str(int(self._level)),
            f"x-ratelimit-reset-{self.kind}": f"{reset_s:.3f}s" if reset_s >= 1 else f"{reset_s * 1000:.0f}ms",
        }


class Ledger:
    """What was charged and refused. A charge is booked when a request is accepted: providers bill work begun."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.requests = 0
        self.charges: Counter[str] = Counter()
        self.arrivals: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.timeline: dict[int, list[int]] = {}
        self.in_flight = 0
        self.peak_in_flight = 0

    def arrive(self, digest: str) -> int:
        """The number of this arrival of the same request, from 1."""
        self.requests += 1
        self.arrivals[digest] += 1
        return self.arrivals[digest]

    def charge(self, digest: str) -> None:
        self.charges[digest] += 1
        self._tick()[0] += 1

    def refuse(self, status: int) -> None:
        self.refused[str(status)] += 1
        self._tick()[1] += 1

    def _tick(self) -> list[int]:
        return self.timeline.setdefault(int(time.monotonic() - self.started), [0, 0])

    def as_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "charges": self.charges.total(),
            "distinct": len(self.charges),
            "refused": dict(self.refused),
            "faults": dict(self.faults),
            "in_flight": self.in_flight,
            "peak_in_flight": self.peak_in_flight,
            # second since the start (or the last reset): [accepted, refused]
            "timeline": {str(second): counts for second, counts in sorted(self.timeline.items())},
            "charges_by_request": dict(self.charges),
        }


def fault_for(options: Options, *, digest: bytes, arrival: int) -> str | None:
    """Which fault hits this arrival; the same seed and request always meet the same fate."""
    if not options.faults or (options.only_first and arrival > 1):
        return None
    roll = hashlib.blake2b(digest + options.seed.to_bytes(8, "big") + arrival.to_bytes(4, "big"), digest_size=8)
    point = int.from_bytes(roll.digest(), "big") / 2**64
    for name in FAULTS:
        point -= options.faults.get(name, 0.0)
        if point < 0:
            return name
    return None

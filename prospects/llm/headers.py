"""What the headers of a reply say about rate limits: x-ratelimit-*, Retry-After. Pure."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DURATION = re.compile(r"([0-9.]+)(ms|h|m|s)")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
MAX_WAIT_S = 900.0
# A rate can be told from a window only when this share of it is used: of a barely used one, all is rounding.
TELLING_SHARE = 0.5
MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """One kind of limit: `remaining` of `limit`, full again in `reset_s`."""

    limit: int
    remaining: int
    reset_s: float

    @property
    def rate(self) -> float | None:
        """What is allowed a second, or None when the window is too full to tell.

        Of a token bucket, (limit - remaining) ÷ reset is its rate; of a fixed window, remaining ÷ reset is what is
        left to use. The larger is right in both, and `remaining` is rounded down, so half of one is taken off.
        """
        used = self.limit - self.remaining
        if self.reset_s <= 0 or used < self.limit * TELLING_SHARE:
            return None
        return max(used - 0.5, self.remaining, 0.5) / self.reset_s


@dataclass(frozen=True, slots=True)
class RateLimits:
    """By "requests" and "tokens", and how long a 429 asks to wait."""

    by_kind: Mapping[str, RateHeaders] = field(default_factory=dict)
    retry_after_s: float | None = None


NO_LIMITS = RateLimits()


def read_limits(headers: Mapping[str, str], *, now: datetime | None = None) -> RateLimits:
    """`headers` by lower-case name. `now` serves a Retry-After that is a date."""
    by_kind = {kind: found for kind in ("requests", "tokens") if (found := _of_kind(headers, kind))}
    retry_after_s = _retry_after(headers, now)
    return RateLimits(by_kind, retry_after_s) if by_kind or retry_after_s is not None else NO_LIMITS


def seconds(text: str) -> float | None:
    """ "20ms", "1s", "6m0s" or plain seconds; None for what is no amount of time ("inf", "nan")."""
    try:
        return number if math.isfinite(number := float(text)) else None
    except ValueError:
        parts = _DURATION.findall(text)
    try:
        return sum(float(number) * _UNIT_S[unit] for number, unit in parts) if parts else None
    except ValueError:
        return None


def _of_kind(headers: Mapping[str, str], kind: str) -> RateHeaders | None:
    limit = headers.get(f"x-ratelimit-limit-{kind}", "")
    remaining = headers.get(f"x-ratelimit-remaining-{kind}", "")
    reset_s = seconds(headers.get(f"x-ratelimit-reset-{kind}", ""))
    if max(len(limit), len(remaining)) > MOST_DIGITS or not limit.isdecimal() or not remaining.isdecimal():
        return None
    if reset_s is None or int(limit) == 0:
        return None
    return RateHeaders(int(limit), min(int(remaining), int(limit)), reset_s)


def _retry_after(headers: Mapping[str, str], now: datetime | None) -> float | None:
    if precise := seconds(headers.get("retry-after-ms", "")):
        return min(MAX_WAIT_S, max(0.0, precise / 1000))
    text = headers.get("retry-after", "")
    if not text:
        return None
    wait_s = seconds(text)
    if wait_s is None:
        try:
            wait_s = (parsedate_to_datetime(text) - (now or datetime.now(UTC))).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(MAX_WAIT_S, max(0.0, wait_s))

"""When a delivery is tried again, and when an endpoint is given up: pure rules."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

MINUTE, HOUR = 60.0, 3600.0
# Seconds after each failed attempt: the example of Standard Webhooks, "Deliverability and reliability".
DELAYS_S = (5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
MOST_ATTEMPTS = len(DELAYS_S) + 1
# So that what failed together doesn't come back together.
JITTER = 0.1
LONGEST_S = 24 * HOUR
# An endpoint is given up when so many attempts in a row failed over so long: by then a delivery has had all of its.
HOPELESS_ATTEMPTS, HOPELESS_S = MOST_ATTEMPTS, 72 * HOUR
GONE = 410


def delay_s(attempt: int, *, draw: Callable[[], float], asked_s: float | None = None) -> float:
    """Seconds after failed attempt number `attempt` (from 1). A Retry-After makes it longer, up to a day."""
    planned = DELAYS_S[min(attempt, len(DELAYS_S)) - 1]
    wait_s = max(planned, min(asked_s or 0.0, LONGEST_S))
    return wait_s * (1 + JITTER * draw())


def retry_after_s(header: str | None, *, at: datetime) -> float | None:
    """The seconds that a Retry-After asks for, which may say a number or a date (RFC 9110, 10.2.3)."""
    if not header:
        return None
    if len(header) <= 9 and header.isascii() and header.isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (until - at).total_seconds()) if until.tzinfo else None


def is_delivered(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def is_hopeless(*, failures: int, failing_since: datetime, at: datetime) -> bool:
    return failures >= HOPELESS_ATTEMPTS and (at - failing_since).total_seconds() >= HOPELESS_S

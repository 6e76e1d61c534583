"""What is usual for a time of day."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from performance.regressions.seasons import adjusted, profile

AT = datetime(2026, 11, 1, tzinfo=UTC)


def daily(days: int, *, step_on: int = 99) -> list[tuple[datetime, float]]:
    """Twice as slow at noon as at midnight; half as slow again from a day on."""
    hours = (AT + timedelta(hours=number) for number in range(24 * days))
    return [
        (each, 20 * 2 ** (1 - abs(12 - each.hour) / 12) * (1.5 if (each - AT).days >= step_on else 1)) for each in hours
    ]


def test_what_comes_every_day_is_taken_out() -> None:
    series = daily(10)

    flat = adjusted(series, profile(series))

    assert max(flat) / min(flat) == pytest.approx(1.0)


def test_a_step_that_stays_is_not_taken_out() -> None:
    series = daily(10, step_on=8)

    flat = adjusted(series, profile(series))

    assert flat[-1] / flat[0] == pytest.approx(1.5)


def test_of_three_days_nobody_can_say_what_is_usual() -> None:
    series = daily(3)

    assert set(profile(series).values()) == {0.0}
    assert adjusted(series, profile(series)) == pytest.approx([value for _, value in series])
    assert math.isfinite(sum(adjusted(series, {})))

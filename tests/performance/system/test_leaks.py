"""Growth by Theil and Sen, and which growth is a leak."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from performance.system.leaks import Verdict, growth
from performance.system.trends import _variance, theil_sen

BEGAN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_the_slope_of_a_line_is_known_exactly() -> None:
    slope = theil_sen([(float(i), 3.0 + 2.0 * i) for i in range(20)])

    assert slope is not None
    assert (slope.estimate, slope.low, slope.high) == (2.0, 2.0, 2.0)


def test_the_interval_is_by_rank() -> None:
    """By hand: the slopes are -1, 4, 5.5, 6, 20/3, 7.5, 9, 9.5, 10, 12; Var S = 50/3, so C = 5.2 and M1 = 2."""
    points = list(zip([1.0, 2.0, 3.0, 4.0, 5.0], [10.0, 22.0, 21.0, 30.0, 40.0], strict=True))

    slope = theil_sen(points, confidence=0.8)

    assert slope is not None
    assert slope.estimate == pytest.approx((20 / 3 + 7.5) / 2)
    assert (slope.low, slope.high) == (4.0, 10.0)


def test_ties_narrow_it() -> None:
    """Var S of nine values of which four are the same is 92 - 8.7."""
    values = [1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 4.0, 5.0, 6.0]

    assert _variance(values) == pytest.approx((9 * 8 * 23 - 4 * 3 * 13) / 18)


def test_a_third_of_outliers_does_not_move_it() -> None:
    chance = random.Random(1)
    points = [(float(i), 2.0 * i + chance.gauss(0, 1) + (500.0 if i % 4 == 0 else 0.0)) for i in range(100)]

    slope = theil_sen(points)

    assert slope is not None
    assert slope.low < 2.0 < slope.high
    assert slope.estimate == pytest.approx(2.0, abs=0.2)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    chance = random.Random(7)
    held = 0
    for _ in range(200):
        slope = theil_sen([(float(i), 0.5 * i + chance.gauss(0, 3)) for i in range(30)], confidence=0.9)
        assert slope is not None
        held += slope.low <= 0.5 <= slope.high

    assert 168 <= held <= 192


@pytest.mark.parametrize("points", [[], [(0.0, 1.0)], [(0.0, 1.0), (1.0, 2.0)], [(5.0, 1.0), (5.0, 2.0), (5.0, 3.0)]])
def test_too_little_says_nothing(points: list[tuple[float, float]]) -> None:
    assert theil_sen(points) is None


def test_of_few_points_the_interval_is_open() -> None:
    slope = theil_sen([(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)])

    assert slope is not None
    assert (slope.estimate, slope.low, slope.high) == (1.0, -math.inf, math.inf)


def memory(minutes: int, mb_at: object, *, noise: float = 1.0, first: int = 0) -> list[tuple[datetime, float]]:
    chance = random.Random(3)
    assert callable(mb_at)
    return [(BEGAN + i * MINUTE, mb_at(i) + chance.gauss(0, noise)) for i in range(first, first + minutes)]


def test_a_process_that_grows_by_a_megabyte_a_minute_leaks() -> None:
    found = growth(memory(120, lambda i: 100.0 + i), began_at=BEGAN)

    assert found.verdict is Verdict.LEAKING
    assert found.slope is not None
    assert found.slope.estimate == pytest.approx(60, abs=1)
    assert found.left(120.0) == pytest.approx(timedelta(hours=2), abs=timedelta(minutes=3))


@pytest.mark.parametrize(
    ("what", "minutes", "mb_at", "noise"),
    [
        ("steady", 240, lambda i: 100.0, 3.0),
        ("grows while it warms up, then no more", 240, lambda i: 100.0 + min(i, 60), 1.0),
        ("grew for half of its time, and has ceased to", 240, lambda i: 100.0 + min(i, 120), 1.0),
        ("grows by a little only", 60, lambda i: 100.0 + i / 3, 0.5),
        ("grows too slowly to matter", 1400, lambda i: 100.0 + i / 60 * 3, 1.0),
        ("saws", 240, lambda i: 100.0 + i % 30, 1.0),
        ("shrinks", 240, lambda i: 400.0 - i, 1.0),
    ],
)
def test_what_is_no_leak(what: str, minutes: int, mb_at: object, noise: float) -> None:
    found = growth(memory(minutes, mb_at, noise=noise), began_at=BEGAN)

    assert (what, found.verdict) == (what, Verdict.STEADY)
    assert found.left(100.0) is None


def test_a_slow_leak_is_found_in_a_day() -> None:
    found = growth(memory(1400, lambda i: 100.0 + i / 60 * 6, noise=5.0)[::12], began_at=BEGAN)

    assert found.verdict is Verdict.LEAKING


@pytest.mark.parametrize(("minutes", "first"), [(20, 10), (44, 10), (54, 0)])
def test_nobody_can_tell_yet(minutes: int, first: int) -> None:
    found = growth(memory(minutes, lambda i: 100.0 + 5 * i, first=first), began_at=BEGAN)

    assert (found.verdict, found.slope) == (Verdict.UNKNOWN, None)

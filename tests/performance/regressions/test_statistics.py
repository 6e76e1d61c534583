"""The t-test against tables, and the independence of what follows on each other."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.regressions.statistics import Summary, incomplete_beta, independence, summary, t_test


@pytest.mark.parametrize(
    ("freedom", "t", "p"),
    # Abramowitz and Stegun, table 26.10: percentage points of the t-distribution.
    [
        (1, 12.706, 0.05),
        (1, 63.657, 0.01),
        (2, 4.303, 0.05),
        (5, 2.571, 0.05),
        (5, 4.032, 0.01),
        (10, 2.228, 0.05),
        (10, 3.169, 0.01),
        (10, 4.587, 0.001),
        (30, 2.042, 0.05),
        (30, 3.646, 0.001),
        (120, 1.980, 0.05),
        (120, 3.373, 0.001),
    ],
)
def test_it_agrees_with_the_tables(freedom: int, t: float, p: float) -> None:
    # Two samples of one variance whose means are t standard errors apart.
    one, other = Summary((freedom + 2) / 2, 0.0, 1.0), Summary((freedom + 2) / 2, t * math.sqrt(4 / (freedom + 2)), 1.0)

    assert t_test(one, other) == pytest.approx(p, rel=0.002)


def test_a_worked_example() -> None:
    # Student's own sleep data (1908), the two drugs taken as independent groups: t = 1.861, 18 degrees, p = 0.0792.
    first = summary([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = summary([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])

    assert t_test(first, second) == pytest.approx(0.07918671, rel=1e-6)


@pytest.mark.parametrize(
    ("one", "other", "p"), [([1.0], [2.0], 1.0), ([1.0, 1.0], [1.0, 1.0], 1.0), ([1.0, 1.0], [2.0, 2.0], 0.0)]
)
def test_what_has_no_scatter_is_the_same_or_not(one: list[float], other: list[float], p: float) -> None:
    assert t_test(summary(one), summary(other)) == p


@given(st.floats(0, 1), st.floats(0.5, 200), st.floats(0.5, 200))
def test_the_incomplete_beta_function_is_a_distribution_and_symmetric(x: float, a: float, b: float) -> None:
    assert -1e-12 <= incomplete_beta(x, a, b) <= 1 + 1e-12
    assert incomplete_beta(x, a, b) == pytest.approx(1 - incomplete_beta(1 - x, b, a), abs=1e-9)


def test_what_follows_on_each_other_is_worth_less() -> None:
    draw = random.Random(7)
    noise = [draw.gauss(0, 1) for _ in range(4000)]
    value, lasting = 0.0, []
    for each in noise:
        value = 0.5 * value + each
        lasting.append(value)

    assert independence(noise) == pytest.approx(1.0, abs=0.05)
    assert independence(lasting) == pytest.approx(1 / 3, abs=0.05)
    assert independence([0.0, 0.0]) == 1.0
    assert independence([1.0, -1.0, 1.0, -1.0]) == 1.0

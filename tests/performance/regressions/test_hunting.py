"""Where a series changed: known series, noise, spikes, and what lasts."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.regressions.detecting import CONFIRMED_P
from performance.regressions.hunting import _best, change_points, split


def noise(n: int, *, mean: float = 20.0, scatter: float = 0.1, seed: int = 1) -> list[float]:
    draw = random.Random(seed)
    return [mean * math.exp(draw.gauss(0, scatter)) for _ in range(n)]


def lasting(n: int, *, seed: int) -> list[float]:
    """A load that comes and goes slowly: each point is half what the one before was."""
    draw = random.Random(seed)
    value, found = 0.0, []
    for _ in range(n):
        value = 0.5 * value + draw.gauss(0, 0.1)
        found.append(20 * math.exp(value))
    return found


def places(series: list[float]) -> list[int]:
    return [each.index for each in change_points(series)]


@pytest.mark.parametrize("n", [0, 1, 7, 60])
def test_what_is_the_same_throughout_has_none(n: int) -> None:
    assert places([5.0] * n) == []


def test_steps_up_and_down_are_found_where_they_are() -> None:
    series = [*noise(70), *noise(40, mean=30, seed=2), *noise(60, mean=20, seed=3)]

    found = change_points(series)

    assert [each.index for each in found] == pytest.approx([70, 110], abs=1)
    assert [each.change for each in found] == pytest.approx([0.5, -1 / 3], abs=0.06)
    assert all(each.p < 0.001 for each in found)


def test_a_step_is_found_a_few_points_after_it() -> None:
    assert places([*noise(100), *noise(6, mean=30, seed=2)]) == pytest.approx([100], abs=1)


def test_less_than_a_twentieth_is_nothing() -> None:
    assert places([*noise(60, scatter=0.001), *noise(60, mean=20.8, scatter=0.001)]) == []
    assert places([*noise(60, scatter=0.001), *noise(60, mean=21.4, scatter=0.001)]) == [60]


def test_one_slow_point_is_no_change() -> None:
    series = noise(120)
    series[60] *= 50

    assert places(series) == []


def test_series_of_noise_have_changes_as_rarely_as_is_said() -> None:
    found = [change_points(noise(144, seed=seed), most_p=CONFIRMED_P) for seed in range(100)]
    paper = [change_points(noise(144, seed=seed)) for seed in range(100)]

    assert sum(map(bool, found)) == 0
    assert sum(map(bool, paper)) <= 10


def test_a_load_that_lasts_is_no_evidence() -> None:
    found = [change_points(lasting(200, seed=seed), most_p=CONFIRMED_P) for seed in range(40)]

    assert sum(map(bool, found)) <= 1


def test_the_energy_of_the_best_cut_is_as_the_papers_formula_says() -> None:
    part = noise(30, scatter=0.5)

    def q(cut: int) -> float:
        x, y = part[:cut], part[cut:]
        across = 2 * sum(abs(a - b) for a in x for b in y) / (len(x) * len(y))
        inner = [2 * sum(abs(a - b) for i, a in enumerate(z) for b in z[:i]) / (len(z) * (len(z) - 1)) for z in (x, y)]
        return len(x) * len(y) / 30 * (across - sum(inner))

    energy, cut = _best(part, 0, 30)

    assert energy == pytest.approx(max(q(each) for each in range(4, 27)))
    assert q(cut) == pytest.approx(energy)


def test_a_part_of_a_window_is_cut_as_by_itself() -> None:
    part = noise(40, scatter=0.5)

    assert _best([1.0, *part, 9.0], 1, 41) == pytest.approx((_best(part, 0, 40)[0], _best(part, 0, 40)[1] + 1))


@given(st.lists(st.floats(0.01, 1e6), max_size=130))
def test_whatever_comes_changes_are_in_order_and_apart(series: list[float]) -> None:
    found = places(series)

    assert all(0 < each < len(series) for each in found)
    assert all(before < after for before, after in pairwise(found))
    assert all(0 < cut < len(series) for cut in split([math.log(each) for each in series], most_p=0.01))

"""Percentiles within 5 %, whatever the values and however they were split over processes."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.metrics.histogram import (
    LARGEST,
    LARGEST_BIN,
    RELATIVE_ERROR,
    SMALLEST,
    ZERO_BIN,
    bin_of,
    merged,
    quantiles,
    value_of,
)

values = st.floats(min_value=SMALLEST, max_value=LARGEST, exclude_min=True, exclude_max=True)
samples = st.lists(values, min_size=1, max_size=200)


def histogram(sample: list[float]) -> dict[int, int]:
    return dict(Counter(map(bin_of, sample)))


@given(values)
def test_a_bin_stands_for_its_values_within_the_error(value: float) -> None:
    assert abs(value_of(bin_of(value)) - value) <= value * RELATIVE_ERROR * (1 + 1e-9)


@given(samples, st.floats(min_value=0, max_value=1))
def test_any_quantile_is_within_the_error_of_the_exact_one(sample: list[float], share: float) -> None:
    exact = sorted(sample)[max(1, math.ceil(round(share * len(sample), 9))) - 1]

    [found] = quantiles(histogram(sample), [share])

    assert found is not None
    assert abs(found - exact) <= exact * RELATIVE_ERROR * (1 + 1e-9)


@given(samples, samples, samples)
def test_merging_is_as_if_all_had_been_counted_in_one_place(
    one: list[float], other: list[float], third: list[float]
) -> None:
    whole = histogram([*one, *other, *third])

    assert merged(merged(histogram(one), histogram(other)), histogram(third)) == whole
    assert merged(histogram(third), merged(histogram(other), histogram(one))) == whole


@given(samples)
def test_merging_changes_neither_part(sample: list[float]) -> None:
    one, other = histogram(sample), histogram([1.0])
    kept = dict(one)

    merged(one, other)

    assert (one, other) == (kept, histogram([1.0]))


@pytest.mark.parametrize("value", [0.0, -3.0, 1e-9, float("nan"), float("-inf")])
def test_what_is_nothing_counts_as_nothing(value: float) -> None:
    assert bin_of(value) == ZERO_BIN
    assert value_of(ZERO_BIN) == 0.0


@pytest.mark.parametrize("value", [1e9, 1e300, float("inf")])
def test_what_is_too_large_is_in_the_last_bin(value: float) -> None:
    assert bin_of(value) == LARGEST_BIN


def test_the_number_of_bins_is_bounded() -> None:
    assert LARGEST_BIN - bin_of(math.nextafter(SMALLEST, 1)) + 1 == 347


def test_an_empty_histogram_has_no_percentiles() -> None:
    assert quantiles({}, [0.5, 0.99]) == [None, None]

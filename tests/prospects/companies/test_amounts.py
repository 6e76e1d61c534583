"""Head counts and revenues as ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.companies.normalise.amount import Range, employee_range, revenue_range


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("51-200", (51, 200)),
        ("51 \u2013 200 employees", (51, 200)),
        ("1k+", (1000, None)),
        ("1,001-5,000", (1001, 5000)),
        ("1.000-5.000", (1000, 5000)),
        ("10 000+", (10000, None)),
        ("10,001 or more", (10001, None)),
        ("~500", (500, 500)),
        ("under 50", (None, 50)),
        ("<10", (None, 10)),
        ("mehr als 1000", (1000, None)),
        ("Nov-50", (11, 50)),
        ("10-Feb", (2, 10)),
        ("200-51", (51, 200)),
        ("many", None),
        ("", None),
        ("9" * 30, None),
    ],
)
def test_head_counts(text: str, expected: Range | None):
    assert employee_range(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$5M", (5_000_000, 5_000_000)),
        ("$1M - $10M", (1_000_000, 10_000_000)),
        ("$500K-1M", (500_000, 1_000_000)),
        ("1-5M", (1_000_000, 5_000_000)),
        ("€2 Mio.", (2_200_000, 2_200_000)),
        ("1B+", (1_000_000_000, None)),
        ("1,250,000", (1_250_000, 1_250_000)),
        ("1.5bn USD", (1_500_000_000, 1_500_000_000)),
        ("<$1M", (None, 1_000_000)),
        ("secret", None),
    ],
)
def test_revenues_in_dollars(text: str, expected: Range | None):
    assert revenue_range(text) == expected


@given(st.text(max_size=40))
def test_a_range_is_ordered_whatever_the_text(text: str):
    for found in (employee_range(text), revenue_range(text)):
        assert found is None or None in found or found[0] <= found[1]


@given(st.integers(0, 2_000_000), st.integers(0, 2_000_000))
def test_two_plain_numbers_are_their_range(one: int, other: int):
    assert employee_range(f"{one}-{other}") == (min(one, other), max(one, other))

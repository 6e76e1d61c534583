"""Amounts in a profile are read as people write them, and told without rounding."""

import pytest

from prospects.icp.amounts import describe_range, parse_amount


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        *(("5M", 5_000_000), ("$1.5 billion", 1_500_000_000), ("10,000", 10_000), ("1 000 000", 1_000_000)),
        *(("12,500.5k", 12_500_500), (50.0, 50), ("50", 50), ("007", 7)),
    ],
)
def test_an_amount_is_read(written: object, amount: int) -> None:
    assert parse_amount(written) == amount


@pytest.mark.parametrize("written", ["1,5M", "1.500.000", "10,00", "5x", "", True, 1.5, "1,0000", None])
def test_what_may_mean_something_else_is_no_amount(written: object) -> None:
    assert parse_amount(written) is None


def test_nothing_is_rounded_away() -> None:
    assert describe_range(123_456_700, 999_999_900_000, unit="$") == "$123456.7k to $999999.9M"
    assert describe_range(50, 2_000) == "50 to 2000"
    assert describe_range(None, None) == ""
    assert describe_range(12_300, None) == "12.3k or more"

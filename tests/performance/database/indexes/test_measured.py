"""What became of the statements of a recommendation that was applied."""

import pytest

from performance.database.indexes.measured import measured

BEFORE = [{"id": "1", "calls": 100, "total_ms": 1_000.0}, {"id": "-2", "calls": 10, "total_ms": 50.0}]


def test_the_time_since_is_set_beside_what_as_many_calls_took_before() -> None:
    found = measured(BEFORE, {1: (150, 1_050.0), -2: (20, 60.0)})

    assert [(each.before_ms, each.after_ms, each.calls) for each in found.changes] == [(10.0, 1.0, 50), (5.0, 1.0, 10)]
    assert (found.calls, found.before_ms, found.after_ms) == (60, 550.0, 60.0)
    assert found.share == pytest.approx(1 - 60 / 550)


def test_a_few_calls_say_nothing() -> None:
    assert measured(BEFORE, {1: (119, 1_019.0)}).share is None
    assert measured(BEFORE, {1: (120, 1_020.0)}).share == pytest.approx(0.9)


def test_it_may_have_become_worse() -> None:
    share = measured(BEFORE, {1: (200, 4_000.0)}).share

    assert share == pytest.approx(-2.0)


def test_what_is_counted_anew_counts_from_there() -> None:
    found = measured(BEFORE, {1: (50, 100.0)})

    assert [(each.after_ms, each.calls) for each in found.changes] == [(2.0, 50), (None, 0)]


def test_what_nobody_asks_any_more_is_unknown() -> None:
    found = measured(BEFORE, {1: (100, 1_000.0)})

    assert [(each.after_ms, each.calls) for each in found.changes] == [(None, 0), (None, 0)]
    assert found.share is None

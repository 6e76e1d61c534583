"""How often the cache spared a computation: by step and by pattern."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from performance.cache.hit_rate import PatternRate, hit_rate
from performance.metrics import rollups
from performance.metrics.models import MetricFlush
from tests.performance.metrics.measured import DAY, HOUR, MINUTE, make_bucket

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 10, 31, 30, tzinfo=UTC)


def read(pattern: str, outcome: str, n: int, *, ago: timedelta = MINUTE) -> None:
    make_bucket("cache.reads", [1.0] * n, at=AT - ago, labels={"pattern": pattern, "outcome": outcome})


def test_reads_are_told_by_minute_and_by_pattern() -> None:
    read("a", "local", 6)
    read("a", "computed", 2)
    read("b", "stale", 1, ago=3 * MINUTE)
    read("b", "unreadable", 5)
    read("c", "shared", 9, ago=62 * MINUTE)

    found = hit_rate(at=AT, over=HOUR)

    assert found.patterns == [
        PatternRate(name="a", reads=8, hit_rate=0.75),
        PatternRate(name="b", reads=1, hit_rate=1.0),
    ]
    assert found.hit_rate == pytest.approx(7 / 9)
    told = {each.at.minute: each for each in found.points if each.hit_rate is not None}
    assert {minute: (each.local, each.shared, each.stale, each.computed) for minute, each in told.items()} == {
        30: (6, 0, 0, 2),
        28: (0, 0, 1, 0),
    }
    assert len(found.points) == 61


def test_of_one_pattern_only_its_reads_are_told() -> None:
    read("a", "local", 6)
    read("b", "computed", 2)

    found = hit_rate(at=AT, over=HOUR, pattern="a")

    assert [each.name for each in found.patterns] == ["a"]
    assert found.hit_rate == 1.0


def test_an_hour_that_began_before_the_chart_is_in_neither_sum() -> None:
    read("a", "local", 4, ago=6 * HOUR + 10 * MINUTE)
    read("a", "local", 2, ago=5 * HOUR)
    MetricFlush.objects.create(id=uuid4(), oldest=AT - 2 * DAY)
    rollups.roll_up()

    found = hit_rate(at=AT, over=6 * HOUR)

    assert sum(each.local for each in found.points) == 2
    assert [each.reads for each in found.patterns] == [2]


def test_nothing_read_is_no_rate() -> None:
    found = hit_rate(at=AT, over=HOUR)

    assert found.hit_rate is None
    assert (found.patterns, len(found.points)) == ([], 61)

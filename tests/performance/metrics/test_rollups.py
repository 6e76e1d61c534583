"""Minutes become hours and days, what comes late is added, and each has its time."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import Sum
from pytest_django import Settings

from performance.metrics import rollups
from performance.metrics.histogram import bin_of
from performance.metrics.models import MetricBucket, MetricFlush, MetricLabels, MetricTotal, MetricWhole
from performance.tasks import expire_rows
from tests.performance.metrics.measured import DAY, HOUR, MINUTE, make_bucket

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 10, 31, tzinfo=UTC)
HOUR_10, DAY_20 = AT.replace(minute=0), AT.replace(minute=0, hour=0)


def flushed(oldest: datetime) -> None:
    MetricFlush.objects.create(id=uuid4(), oldest=oldest)


def bucket(period_s: int, at: datetime) -> MetricBucket:
    return MetricBucket.objects.get(period_s=period_s, bucket=at)


def test_an_hour_is_its_minutes_and_a_day_its_hours() -> None:
    make_bucket("test.ms", [1.0, 1.0, 5.0], at=AT)
    make_bucket("test.ms", [5.0, 9.0], at=AT + MINUTE)
    make_bucket("test.ms", [2.0], at=AT - HOUR)
    flushed(AT - HOUR)

    rollups.roll_up()

    hour, day = bucket(3600, HOUR_10), bucket(86_400, DAY_20)
    assert (hour.n, hour.total, hour.low, hour.high) == (5, 21.0, 1.0, 9.0)
    assert dict(zip(hour.bins, hour.counts, strict=True)) == {bin_of(1.0): 2, bin_of(5.0): 2, bin_of(9.0): 1}
    assert (day.n, day.total, day.low, day.high) == (6, 23.0, 1.0, 9.0)
    assert sum(day.counts) == 6


def test_counts_are_rolled_up_without_a_histogram() -> None:
    row = make_bucket("test.count", [1.0], at=AT)
    MetricBucket.objects.filter(metric=row.metric).update(bins=[], counts=[], low=None, high=None, n=7, total=7)
    flushed(AT)

    rollups.roll_up()

    hour = bucket(3600, HOUR_10)
    assert (hour.n, hour.low, hour.bins, hour.counts) == (7, None, [], [])


def test_labels_stay_apart() -> None:
    make_bucket("test.ms", [1.0], at=AT, labels={"kind": "a"})
    make_bucket("test.ms", [2.0, 2.0], at=AT, labels={"kind": "b"})
    flushed(AT)

    rollups.roll_up()

    assert sorted(MetricBucket.objects.filter(period_s=3600).values_list("n", flat=True)) == [1, 2]


def test_wholes_are_what_the_buckets_of_all_labels_come_to() -> None:
    for kind, at in (("a", AT), ("b", AT), ("b", AT + MINUTE), ("a", AT - HOUR), ("a", AT - DAY)):
        make_bucket("test.ms", [1.0, 5.0], at=at, labels={"kind": kind})
    flushed(AT - DAY)

    rollups.roll_up()

    times = ("period_s", "bucket")
    buckets = MetricBucket.objects.values(*times).annotate(of=Sum("n"), sum=Sum("total")).order_by(*times)
    wholes = MetricWhole.objects.order_by(*times)
    assert list(buckets.values_list(*times, "of", "sum")) == list(wholes.values_list(*times, "n", "total"))
    assert [(whole.bins, whole.counts) for whole in wholes.filter(period_s=86_400)] == [
        ([bin_of(1.0), bin_of(5.0)], [1, 1]),
        ([bin_of(1.0), bin_of(5.0)], [4, 4]),
    ]


def test_rolling_up_again_changes_nothing() -> None:
    make_bucket("test.ms", [1.0, 2.0], at=AT)
    flushed(AT)
    rollups.roll_up()

    assert rollups.roll_up() == 0
    flushed(AT)
    rollups.roll_up()

    assert bucket(3600, HOUR_10).n == 2
    assert not MetricFlush.objects.filter(is_rolled_up=False).exists()


def test_what_comes_late_is_added_to_its_hour_and_day() -> None:
    make_bucket("test.ms", [1.0], at=AT - DAY)
    make_bucket("test.ms", [1.0], at=AT)
    flushed(AT - DAY)
    rollups.roll_up()
    make_bucket("test.ms", [3.0, 3.0], at=AT - DAY + MINUTE)
    flushed(AT - DAY + MINUTE)

    rollups.roll_up()

    assert (bucket(3600, HOUR_10 - DAY).n, bucket(86_400, DAY_20 - DAY).n) == (3, 3)
    assert bucket(86_400, DAY_20).n == 1


def test_each_period_has_its_time(settings: Settings) -> None:
    settings.METRICS_RETENTION_HOURS = 5
    settings.METRICS_HOURLY_DAYS, settings.METRICS_DAILY_DAYS = 90, 730
    kept = [
        make_bucket("test.ms", [1.0], at=AT - 5 * HOUR),
        make_bucket("test.ms", [1.0], at=AT - 80 * DAY, period_s=3600),
        make_bucket("test.ms", [1.0], at=AT - 700 * DAY, period_s=86_400),
    ]
    make_bucket("test.ms", [1.0], at=AT - 6 * HOUR)
    make_bucket("test.ms", [1.0], at=AT - 91 * DAY, period_s=3600)
    make_bucket("test.ms", [1.0], at=AT - 732 * DAY, period_s=86_400)
    MetricLabels.objects.update(seen_at=AT)

    deleted = rollups.expire(at=AT)

    assert deleted == 3
    assert {row.pk for row in MetricBucket.objects.all()} == {row.pk for row in kept}
    assert {row.bucket for row in MetricWhole.objects.all()} == {row.bucket for row in kept}


def test_nothing_is_accepted_that_would_not_be_rolled_up_whole(settings: Settings) -> None:
    settings.METRICS_RETENTION_HOURS = 5

    first = rollups.accepted_from(at=AT)

    make_bucket("test.ms", [1.0], at=first - HOUR)
    assert rollups.expire(at=AT + timedelta(minutes=28)) == 0


def test_the_hourly_task_rolls_up_before_it_deletes(settings: Settings) -> None:
    settings.METRICS_RETENTION_HOURS = 2
    long_ago = datetime.now(UTC) - 9 * HOUR
    make_bucket("test.ms", [1.0, 2.0], at=long_ago)
    flushed(long_ago)

    expired = expire_rows()

    assert expired["measurements"] == 1
    assert sorted(MetricBucket.objects.values_list("period_s", "n")) == [(3600, 2), (86_400, 2)]


def test_labels_that_have_no_buckets_any_more_go() -> None:
    make_bucket("test.ms", [1.0], at=AT - 1830 * DAY)
    MetricTotal.objects.create(
        metric="test.ms", labels_hash=1, labels={}, n=1, total=1, bins=[1], counts=[1], seen_at=AT - 1830 * DAY
    )

    rollups.expire(at=AT)

    assert not MetricLabels.objects.exists()
    assert not MetricTotal.objects.exists()

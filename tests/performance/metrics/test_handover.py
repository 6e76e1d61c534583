"""From the process to the database: nothing counts twice, whoever dies where."""

from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.db import OperationalError, transaction
from pytest_django import Settings

from performance import metrics
from performance.metrics import flushing, handover, sending
from performance.metrics.histogram import bin_of
from performance.metrics.models import MetricBucket, MetricFlush, MetricLabels, MetricWhole
from performance.metrics.sending import Outbox

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 20, 10, 31, 20, tzinfo=UTC)
MINUTE = AT.replace(second=0)


def send(at: datetime = AT) -> None:
    outbox = Outbox()
    outbox.collect(at=at.timestamp())
    outbox.send()


def flush() -> int:
    return flushing.flush(at=AT)


def count(n: int = 1) -> None:
    metrics.count("test.count", {"kind": "a"}, n)


def total() -> int:
    return sum(MetricBucket.objects.filter(metric="test.count").values_list("n", flat=True))


def test_what_processes_observed_is_one_bucket() -> None:
    for values in ([1.0, 1.0, 4.0], [9.0, 1.0]):
        for value in values:
            metrics.observe("test.ms", {"kind": "a"}, value)
        send()

    written = flush()

    bucket = MetricBucket.objects.get()
    assert written == 1
    assert (bucket.metric, bucket.period_s, bucket.bucket) == ("test.ms", 60, MINUTE)
    assert (bucket.n, bucket.total, bucket.low, bucket.high) == (5, 16.0, 1.0, 9.0)
    assert dict(zip(bucket.bins, bucket.counts, strict=True)) == {bin_of(1.0): 3, bin_of(4.0): 1, bin_of(9.0): 1}
    assert bucket.bins == sorted(bucket.bins)
    labels = MetricLabels.objects.get()
    assert (labels.metric, labels.labels_hash, labels.labels) == ("test.ms", bucket.labels_hash, {"kind": "a"})


def test_later_flushes_add_to_the_same_bucket() -> None:
    for value in (1.0, 4.0, 4.0):
        metrics.observe("test.ms", {}, value)
        send()
        flush()

    bucket = MetricBucket.objects.get()

    assert (bucket.n, bucket.low, bucket.high) == (3, 1.0, 4.0)
    assert (bucket.bins, bucket.counts) == ([bin_of(1.0), bin_of(4.0)], [1, 2])
    assert MetricFlush.objects.count() == 3


def test_what_all_labels_come_to_is_one_row_a_minute() -> None:
    for kind, value in (("a", 1.0), ("b", 9.0), ("b", 4.0)):
        metrics.observe("test.ms", {"kind": kind}, value)
        send()
        flush()
    count(3)
    send()
    flush()

    whole, counted = MetricWhole.objects.order_by("-metric")
    assert (whole.metric, whole.period_s, whole.bucket) == ("test.ms", 60, MINUTE)
    assert (whole.n, whole.total, whole.low, whole.high) == (3, 14.0, 1.0, 9.0)
    assert (whole.bins, whole.counts) == ([bin_of(1.0), bin_of(4.0), bin_of(9.0)], [1, 1, 1])
    assert (counted.n, counted.low, counted.bins) == (3, None, [])


def test_counts_have_no_histogram() -> None:
    count(3)
    send()
    count(2)
    send()

    flush()

    bucket = MetricBucket.objects.get()
    assert (bucket.n, bucket.total, bucket.low, bucket.high, bucket.bins) == (5, 5.0, None, None, [])


def test_each_minute_has_its_bucket() -> None:
    count()
    send(AT - timedelta(minutes=1))
    count()
    send()

    assert flush() == 2
    assert list(MetricBucket.objects.order_by("bucket").values_list("bucket", flat=True)) == [
        MINUTE - timedelta(minutes=1),
        MINUTE,
    ]


def test_an_answer_that_was_lost_on_the_way_counts_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    count(7)
    outbox = Outbox()
    outbox.collect(at=AT.timestamp())
    merge = handover.merge

    def lost(*args: object, **options: object) -> bool:
        merge(*args, **options)  # type: ignore[arg-type]
        raise redis.TimeoutError

    monkeypatch.setattr(handover, "merge", lost)
    with pytest.raises(redis.TimeoutError):
        outbox.send()
    monkeypatch.setattr(handover, "merge", merge)
    outbox.send()
    flush()

    assert total() == 7


def test_a_flusher_that_dies_before_its_commit_is_followed_by_one_that_stores() -> None:
    count(7)
    send()
    with transaction.atomic():
        flushing._store(handover.take(), at=AT)  # type: ignore[arg-type]
        transaction.set_rollback(True)
    count(2)
    send()

    flush()
    flush()

    assert total() == 9


def test_a_flusher_that_dies_after_its_commit_is_followed_by_one_that_only_tidies_up() -> None:
    count(7)
    send()
    flushing._store(handover.take(), at=AT)  # type: ignore[arg-type]
    count(2)
    send()

    assert flush() == 0
    assert flush() == 1
    assert total() == 9


def test_two_flushers_of_the_same_store_once() -> None:
    count(7)
    send()
    one, other = handover.take(), handover.take()
    assert one == other
    assert one is not None

    stored = [flushing._store(each, at=AT) for each in (one, other) if each]
    handover.done(one.id)
    count(2)
    send()
    handover.take()
    handover.done(one.id)
    flush()

    assert stored == [(1, 0), (0, 0)]
    assert total() == 9


def test_a_valkey_that_comes_back_with_an_older_state_counts_nothing_twice(valkey: redis.Redis) -> None:
    count(7)
    send()
    older = valkey.dump(handover.PENDING)
    flush()

    valkey.restore(handover.PENDING, 0, older)

    assert flush() == 0
    assert total() == 7


def test_nothing_waits_where_nothing_was_counted() -> None:
    send()

    assert flush() == 0
    assert not MetricFlush.objects.exists()


def test_what_the_database_refuses_for_now_is_stored_later(monkeypatch: pytest.MonkeyPatch) -> None:
    count(7)
    send()

    def away(*args: object, **options: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(flushing, "_bounded", away)
        with pytest.raises(OperationalError):
            flush()
    flush()

    assert total() == 7


def test_valkey_takes_only_so_much_and_says_what_it_lost(valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "MOST_PENDING", 3)
    for kind in "abcd":
        metrics.count("test.count", {"kind": kind}, 5)
    send()
    metrics.count("test.count", {"kind": "a"}, 1)
    send()
    flush()
    send()
    flush()

    assert total() == 11
    dropped = MetricBucket.objects.get(metric="metrics.dropped")
    assert dropped.n == 10


def test_without_valkey_a_process_keeps_a_bounded_part_and_says_what_it_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_KEPT", 2)
    outbox = Outbox()
    for minute, n in enumerate((10, 20, 30)):
        count(n)
        outbox.collect(at=AT.timestamp() + 60 * minute)
    monkeypatch.undo()
    outbox.collect(at=AT.timestamp() + 180)
    outbox.send()

    flush()

    found = dict(MetricBucket.objects.filter(metric__in=["test.count", "metrics.dropped"]).values_list("metric", "n"))
    assert total() == 50
    assert found["metrics.dropped"] == 10


def test_what_is_too_old_is_counted_as_dropped(settings: Settings) -> None:
    settings.METRICS_RETENTION_HOURS = 5
    count(3)
    send(AT - timedelta(hours=4, minutes=31))
    count(4)
    send(AT - timedelta(hours=4, minutes=31, seconds=21))

    flush()
    send()
    flush()

    assert total() == 3
    assert MetricBucket.objects.get(metric="metrics.dropped").n == 4


def test_label_sets_beyond_the_bound_are_kept_under_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flushing, "MOST_LABEL_SETS", 3)
    for kind in "abcde":
        metrics.count("test.count", {"kind": kind}, 2)
    send()
    flush()
    for kind in "aexyz":
        metrics.count("test.count", {"kind": kind}, 1)
    send()
    flush()

    kinds = {row.labels_hash: row.labels["kind"] for row in MetricLabels.objects.filter(metric="test.count")}
    found = {kinds[bucket.labels_hash]: bucket.n for bucket in MetricBucket.objects.filter(metric="test.count")}
    assert found == {"a": 3, "b": 2, "c": 2, "other": 8}


def test_a_long_parcel_goes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_AT_ONCE", 2)
    for kind in "abcde":
        metrics.count("test.count", {"kind": kind})
    outbox = Outbox()
    outbox.collect(at=AT.timestamp())

    assert [parcel.number for parcel in outbox._parcels] == [1, 2, 3]
    outbox.send()

    assert flush() == 5


def test_rows_that_cannot_be_stored_hold_up_no_others(valkey: redis.Redis) -> None:
    count(7)
    send()
    valkey.hset(handover.PENDING, b'["yesterday","test.count"]', b"[1,1]")

    assert flush() == 0
    count(2)
    send()
    flush()

    assert total() == 2
    assert MetricBucket.objects.get(metric="metrics.dropped").n == 2


def test_no_label_is_refused_by_the_database() -> None:
    metrics.count("test.count", {"kind": "a\x00\udc80"})
    send()

    assert flush() == 1
    assert MetricLabels.objects.get(metric="test.count").labels == {"kind": "a?"}

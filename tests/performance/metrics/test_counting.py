"""What a process counts, in how many threads, under how many labels."""

import math
import os
import threading

import pytest

from performance import metrics
from performance.metrics import tallies as counted
from performance.metrics.histogram import LARGEST, bin_of
from performance.metrics.tallies import taken


def test_counts_and_values_are_taken_once() -> None:
    metrics.count("test.count", {"kind": "a"})
    metrics.count("test.count", {"kind": "a"}, 4)
    metrics.observe("test.ms", {"kind": "a"}, 2.0)
    metrics.observe("test.ms", {"kind": "a"}, 8.0)

    first = {each.name: tally for each, tally in taken()}

    assert (first["test.count"].n, first["test.count"].total, first["test.count"].bins) == (5, 5.0, {})
    assert (first["test.ms"].n, first["test.ms"].total) == (2, 10.0)
    assert (first["test.ms"].low, first["test.ms"].high) == (2.0, 8.0)
    assert first["test.ms"].bins == {bin_of(2.0): 1, bin_of(8.0): 1}
    assert list(taken()) == []


def test_the_order_of_labels_makes_no_other_series() -> None:
    assert metrics.series("test.order", {"a": "1", "b": "2"}) is metrics.series("test.order", {"b": "2", "a": "1"})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -5.0])
def test_no_value_spoils_the_sum(value: float) -> None:
    metrics.observe("test.odd", {}, value)

    [(_, tally)] = taken()

    assert math.isfinite(tally.total)
    assert 0 <= tally.low <= tally.high <= LARGEST


def test_nothing_is_lost_between_threads() -> None:
    observed = metrics.series("test.threads", {})
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: [observed.observe(1.0) for _ in range(5000)]) for _ in range(4)]

    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen += [tally.n for _, tally in taken()]
    seen += [tally.n for _, tally in taken()]

    assert sum(seen) == 20_000


def test_labels_beyond_the_bound_are_counted_together_and_not_remembered() -> None:
    for number in range(counted.MOST_SERIES + 500):
        metrics.count("test.many", {"who": str(number)})
    remembered = [key for key in counted._all if key[0] == "test.many"]

    found = {each.labels: tally.n for each, tally in taken()}

    assert len(remembered) == counted.MOST_SERIES + 1
    assert found[(("who", "other"),)] == 500
    assert sum(found.values()) == counted.MOST_SERIES + 500


def test_a_long_label_is_cut_and_its_many_forms_are_not_remembered() -> None:
    for number in range(10):
        metrics.count("test.long", {"text": "x" * 200 + str(number)})

    [(found, tally)] = taken()

    assert (found.labels, tally.n) == ((("text", "x" * 200),), 10)
    assert len([key for key in counted._all if key[0] == "test.long"]) == 1


def test_a_forked_child_counts_anew() -> None:
    metrics.count("test.fork", {}, 3)

    child = os.fork()
    if child == 0:
        metrics.count("test.fork", {})
        os._exit(sum(tally.n for _, tally in taken()))
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 1
    assert [tally.n for _, tally in taken()] == [3]

"""`django.core.cache.cache` is the layered backend: the usual calls, with plain values only."""

import datetime as dt
import threading
import time
import uuid
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import override_settings

from performance.cache import packing
from performance.cache.backend import LayeredCache
from performance.cache.connection import pinned


@pytest.fixture(autouse=True)
def _empty() -> None:
    cache.clear()


@pytest.mark.parametrize(
    "value",
    [
        b"\x00bytes",
        "text",
        7,
        -7,
        2**70,
        1.5,
        True,
        {"a": [1, {"b": None}], 5: "whole"},
        ("a", ("tuple", frozenset({1}))),
        {1, 2},
        [
            dt.datetime(2026, 1, 2, 3, 4, 5, 6, dt.UTC),
            dt.date(2026, 1, 2),
            dt.time(3, 4),
            dt.timedelta(days=-1, seconds=5),
        ],
        [Decimal("1.10"), uuid.UUID(int=5)],
        "long " * 5000,
    ],
)
def test_what_is_set_is_got_with_its_types(value: Any) -> None:
    cache.set("key", value)
    first, local = cache.get("key"), cache.get("key")

    assert (first, type(first)) == (value, type(value))
    assert (local, type(local)) == (value, type(value))


def test_none_is_a_value() -> None:
    cache.set("key", None)

    assert cache.get("key", "default") is None


def test_an_object_is_refused() -> None:
    with pytest.raises(TypeError, match="object can't be cached: give its fields"):
        cache.set("key", object())


def test_who_changes_a_value_changes_nobody_elses() -> None:
    cache.set("key", {"list": [1]})
    cache.get("key")["list"].append(2)

    assert cache.get("key") == {"list": [1]}


def test_the_rest_of_the_api() -> None:
    assert cache.add("a", 1) is True
    assert cache.add("a", 2) is False
    assert cache.incr("a", 4) == 5
    assert cache.decr("a") == 4
    assert cache.get_many(["a", "b"]) == {"a": 4}
    assert cache.set_many({"b": "B", "c": "C"}) == []
    assert cache.get_many(["a", "b", "c"]) == {"a": 4, "b": "B", "c": "C"}
    assert cache.delete("b") is True
    assert cache.delete("b") is False
    assert "b" not in cache
    assert cache.has_key("c")
    assert cache.incr_version("c") == 2
    assert cache.get("c") is None
    assert cache.get("c", version=2) == "C"
    assert cache.delete_many(["a", "b"]) == 1
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_times() -> None:
    cache.set("short", 1, 0.05)
    cache.set("never", 1, None)
    cache.set("gone", 1, 0)
    cache.set("touched", 1, 100)

    assert cache.touch("touched", 0.05) is True
    assert cache.touch("absent", 1) is False
    time.sleep(0.1)

    assert cache.get_many(["short", "gone", "touched"]) == {}
    assert pinned().call("PTTL", "assay:1:never") == -1


def test_one_computes_and_the_others_wait() -> None:
    calls: list[int] = []
    found: list[int] = []

    def compute() -> int:
        calls.append(1)
        time.sleep(0.1)
        return 5

    def ask() -> None:
        # Each thread has a connection of its own; one that takes long to make would have it compute by itself.
        cache.get("another key")
        together.wait()
        found.append(cache.get_or_set("key", compute))

    together = threading.Barrier(6)
    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (found, len(calls)) == ([5] * 6, 1)


def test_who_looked_just_before_it_was_stored_computes_nothing_either() -> None:
    calls: list[int] = []

    def compute(number: int) -> int:
        calls.append(number)
        return number

    def ask() -> None:
        for number in range(100):
            together.wait()
            cache.get_or_set(f"key {number}", partial(compute, number))

    together = threading.Barrier(6)
    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert calls == list(range(100))


def test_another_process_sees_a_change_within_fifty_milliseconds() -> None:
    cache.set("key", "old")
    assert cache.get("key") == "old"

    # As another process writes: this one is told nothing.
    place = b"assay:1:key"
    pinned().call("SET", place, b"s" + packing.sealed(packing.pack("new"), place=place))
    time.sleep(0.05)

    assert cache.get("key") == "new"


def test_what_somebody_else_wrote_is_a_miss() -> None:
    for content in (
        b"\x80\x04K\x01.",
        b"pz broken",
        b"p-\xc1",
        b"x-1",
        b"p-\xc7\x01\x63a",
        b"p-\xdd\xff\xff\xff\xff",
        b"",
    ):
        pinned().call("SET", "assay:1:key", content)

        assert cache.get("key", "default") == "default"
        assert cache.get_many(["key"]) == {}


def test_clearing_leaves_the_queues_alone() -> None:
    pinned().call("RPUSH", "maintenance", "a message")
    cache.set("key", 1)

    cache.clear()

    assert cache.get("key") is None
    assert pinned().call("DEL", "maintenance") == 1


def test_switched_off_nothing_is_kept() -> None:
    with override_settings(CACHE_ENABLED=False):
        cache.set("key", 1)

        assert cache.get("key", "default") == "default"
        assert cache.add("key", 1) is False
        assert cache.get_or_set("key", lambda: 6) == 6
        assert cache.delete("key") is False


def test_the_backend_is_ours_on_connections_of_django_redis() -> None:
    assert isinstance(caches["default"], LayeredCache)
    assert caches["default"].client.get_client().ping() is True

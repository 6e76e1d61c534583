"""Decorators, namespaces and querysets: what is computed once serves until its tag is raised or its time is over."""

import time
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count
from django.test import override_settings

from performance.cache import filling, packing, tags
from performance.cache.connection import pinned
from performance.cache.decorators import cache_invalidate, cached
from performance.cache.entries import Fresh, fetch, local
from performance.cache.filling import entry_key
from performance.cache.namespaces import Namespace
from performance.cache.querysets import CachedRows
from performance.flags.models import Flag

calls: list[Any] = []


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    calls.clear()


@cached("test.square:{number}", ttl_s=60, tags=["squares", "square:{number}"])
def square(number: int, note: str = "") -> int:
    calls.append(number)
    return number * number


def test_a_result_is_kept_by_the_arguments_that_the_key_names() -> None:
    assert [square(3), square(3, note="other"), square(number=4)] == [9, 9, 16]
    assert calls == [3, 4]


@pytest.mark.parametrize("raised", ["squares", "square:3", "square:*", ""])
def test_a_raised_tag_makes_it_stale(raised: str) -> None:
    square(3)

    tags.bump(raised)

    assert square(3) == 9
    assert calls == [3, 3]


def test_another_tag_leaves_it() -> None:
    square(3)

    tags.bump("square:4", "cubes", "cube:*")

    assert square(3) == 9
    assert calls == [3]


def test_a_kept_value_is_found_again_when_this_process_has_dropped_its_own() -> None:
    square(3)
    local.clear()

    assert fetch(square.key(3), tags=square.tags(3), compute=pytest.fail).layer == "shared"
    assert fetch(square.key(3), tags=square.tags(3), compute=pytest.fail).layer == "local"


@pytest.mark.django_db(transaction=True)
def test_a_function_says_when_it_raises_tags() -> None:
    @cache_invalidate("square:{number}", given=lambda result: [f"cube:{result}"])
    def change(number: int) -> int:
        return number

    square(3)
    square(4)
    with transaction.atomic():
        change(3)
        assert tags.versions(("square:3",)) is not None
    square(3)
    square(4)

    assert calls == [3, 4, 3]


def test_conditions_by_argument_and_by_result() -> None:
    @cached("test.some", when=lambda number: number > 0, store_if=lambda result: result != 5)
    def some(number: int) -> int:
        calls.append(number)
        return number

    for number in (-1, -1, 5, 5, 7, 7):
        assert some(number) == number

    assert calls == [-1, -1, 5, 5, 7]


def test_forget_and_refresh() -> None:
    square(3)
    square.forget(3)
    square(3)
    square.refresh(3)

    assert calls == [3, 3, 3]


def test_nothing_is_an_answer_too_but_not_for_long() -> None:
    @cached("test.nothing", ttl_s=60)
    def nothing() -> None:
        calls.append(1)

    with override_settings(CACHE_NEGATIVE_TTL=0.1, CACHE_STALE_TTL=0):
        assert [nothing(), nothing()] == [None, None]
        assert calls == [1]
        time.sleep(0.15)
        nothing()

    assert calls == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_nothing_is_taken_or_kept() -> None:
    square(3)
    with transaction.atomic():
        square(3)
        square(5)
    square(5)

    assert calls == [3, 3, 5, 5]


def test_what_fails_is_not_kept_and_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "WAIT_S", 60.0)

    @cached("test.failing")
    def failing() -> None:
        calls.append(1)
        raise ZeroDivisionError

    began = time.monotonic()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            failing()

    assert len(calls) == 3
    assert time.monotonic() - began < 30


def test_a_namespace_goes_as_a_whole_and_counts() -> None:
    one, other = Namespace("test.one", ttl_s=60), Namespace("test.other", ttl_s=60)
    assert [space.get_or_set(("a", 1), lambda: calls.append(1) or 5) for space in (one, one, other)] == [5, 5, 5]

    one.clear()

    assert [space.get_or_set(("a", 1), lambda: calls.append(1) or 6) for space in (one, other)] == [6, 5]
    assert [one.increment("n", ttl_s=60), one.increment("n", 4, ttl_s=60), other.increment("n", ttl_s=60)] == [1, 5, 1]


@pytest.mark.django_db(transaction=True)
def test_a_queryset_keeps_its_rows() -> None:
    Flag.objects.create(name="a", rollout="on")
    rows = CachedRows(Flag)
    shapes: list[Any] = [
        rows.order_by("name"),
        rows.values("name", "updated_at"),
        rows.values_list("name", flat=True),
        rows.values_list("name", "percentage"),
        rows.only("name").annotate(n=Count("pk")),
    ]
    before = [each.cached(60, tags=["flags"]) for each in shapes]

    Flag.objects.filter(name="a").update(name="b")
    kept = [each.cached(60, tags=["flags"]) for each in shapes]
    tags.bump("flags")
    after = [each.cached(60, tags=["flags"]) for each in shapes]

    assert kept == before
    assert kept[0][0].name == "a"
    assert (kept[0][0].updated_at, kept[0][0]._state.adding) == (before[0][0].updated_at, False)
    assert kept[3] == [("a", 0)]
    assert kept[4][0].n == 1
    assert kept[4][0].get_deferred_fields() == {"description", "rollout", "percentage", "updated_at"}
    assert after[2] == ["b"]


def test_a_queryset_with_related_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="Related rows can't be cached along"):
        CachedRows(Flag).prefetch_related("x").cached(60, tags=["flags"])


def test_what_stands_in_valkey_is_ours_or_a_miss() -> None:
    keys = ["test.a:1", "test.b:1"]
    for key in keys:
        fetch(key, tags=["x"], ttl_s=60, compute=lambda key=key: Fresh(key.encode()))
    stored = pinned().call("GET", entry_key(keys[0]))
    head = stored[: stored.index(b"\n") + 1]
    forged = [
        stored,  # of another key
        head + packing.pack(b"theirs"),
        head + b"\x00" * 16 + packing.pack(b"theirs"),
        head,
        b"",
        b"\x80\x04K\x01.",
        stored[:-1],
    ]
    for content in forged:
        pinned().call("SET", entry_key(keys[1]), content, "PX", 60_000)
        local.clear()

        assert fetch(keys[1], tags=["x"], ttl_s=60, compute=lambda: Fresh(b"mine")).value == b"mine"

    pinned().call("DEL", entry_key(keys[1]))
    pinned().call("LPUSH", entry_key(keys[1]), "a list")
    local.clear()
    assert fetch(keys[1], tags=["x"], ttl_s=60, compute=lambda: Fresh(b"mine")).value == b"mine"


def test_what_valkey_forgets_or_gets_back_is_never_served_stale() -> None:
    square(3)
    kept = pinned().call("DUMP", entry_key(square.key(3)))
    tags.bump("squares")
    square(3)

    # As after a restart from an older file: the value is back, and its tag is gone.
    pinned().call("RESTORE", entry_key(square.key(3)), 60_000, kept, "REPLACE")
    pinned().call("DEL", tags.key_of("squares"))
    local.clear()
    tags.forget_all()
    square(3)

    assert calls == [3, 3, 3]


def test_switched_off_all_is_computed() -> None:
    with override_settings(CACHE_ENABLED=False):
        assert [square(3), square(3)] == [9, 9]
        assert tags.versions(("squares",)) is None
        assert Namespace("test.one").increment("n", ttl_s=1) is None

    assert calls == [3, 3]

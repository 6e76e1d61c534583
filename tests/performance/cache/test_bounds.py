"""What a process keeps is bounded, whatever it is asked for, and it says little when Valkey is away."""

import logging
import time

import pytest
from django.test import override_settings

from performance.cache import packing, tags
from performance.cache.circuit import CacheGone, Circuit
from performance.cache.connection import pinned
from performance.cache.decorators import cached
from performance.cache.entries import Fresh, fetch
from performance.cache.filling import entry_key
from performance.cache.keys import key_of
from performance.cache.local import Held, Local


def held(key: str, size: int) -> Held:
    return Held(packing.RAW, b"x" * size, key=key, expires_at=time.monotonic() + 60)


def test_a_hundred_thousand_keys_leave_the_last_ones() -> None:
    layer = Local(most_entries=1000, most_bytes=50_000_000)

    for number in range(100_000):
        layer.put(f"test.many:{number}", held("test.many:1", 10))
        layer.get("test.many:0")

    assert len(layer) == 1000
    assert layer.get("test.many:0") is not None
    assert layer.get("test.many:99999") is not None
    assert layer.get("test.many:50000") is None


def test_bytes_are_bounded_too_and_one_giant_drives_nothing_out() -> None:
    layer = Local(most_entries=1000, most_bytes=100_000)

    for number in range(100):
        layer.put(f"test.large:{number}", held("test.large:1", 3000))
    before = len(layer)
    layer.put("test.giant:1", held("test.giant:1", 20_000))

    assert 10 <= before == len(layer)
    assert layer.bytes <= 100_000
    layer.clear()
    assert (len(layer), layer.bytes) == (0, 0)


def test_a_process_remembers_so_many_versions_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "MOST_REMEMBERED", 50)
    monkeypatch.setattr(tags, "MOST_TOGETHER", 5)

    for number in range(300):
        tags.versions((f"thing:{number}",))

    assert len(tags._known) <= 55


def test_a_value_that_is_too_large_is_not_kept() -> None:
    with override_settings(CACHE_MAX_VALUE_KB=1):
        layers = [fetch("test.large:1", ttl_s=60, compute=lambda: Fresh(bytes(range(256)) * 64)).layer for _ in "ab"]
        noise = [fetch("test.noise:1", ttl_s=60, compute=lambda: Fresh(_noise())).layer for _ in "ab"]

    assert layers == ["computed", "local"]  # compressed it is small
    assert noise == ["computed", "computed"]


def _noise() -> bytes:
    import os

    return os.urandom(4096)


def test_large_values_stand_compressed() -> None:
    value = {"rows": [{"name": "Acme", "city": "Springfield"}] * 500}

    content = packing.pack(value)

    assert len(content) < len(packing.packed(value)) / 10
    assert packing.value_of(*packing.opened(content)) == value


def test_a_bomb_is_refused() -> None:
    import zstandard

    bomb = zstandard.ZstdCompressor().compress(b"\x00" * (packing.MOST_BYTES + 1))
    with pytest.raises(packing.Unreadable):
        packing.opened(packing.RAW + packing.ZSTD + bomb)


def test_one_warning_a_minute_and_one_attempt_a_second(caplog: pytest.LogCaptureFixture) -> None:
    circuit = Circuit()
    attempts = 0

    with caplog.at_level(logging.WARNING):
        for _ in range(200):
            try:
                circuit.enter()
            except CacheGone:
                continue
            attempts += 1
            circuit.failed(ConnectionError("refused"))

    assert attempts == 1
    assert [record.message for record in caplog.records] == ["Valkey can't be used, so nothing is cached: refused"]


def test_keys_tell_arguments_apart() -> None:
    keys = {
        key_of("test", *parts)
        for parts in [(1,), ("1",), (True,), (1.0,), (1, 2), ("1", 2), ((1, 2),), ({"a": 1},), ({"a": "1"},), ("a:b",)]
    }

    assert len(keys) == 10
    assert key_of("test", {"a": 1, "b": [2]}) == key_of("test", {"b": [2], "a": 1})


def test_a_key_carries_the_release_that_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = entry_key("test.a:1")
    monkeypatch.setattr("performance.cache.filling.release", lambda: "another")

    assert before != entry_key("test.a:1")


def test_tags_beyond_utf8_raise_nothing() -> None:
    calls = []

    @cached("test.odd", tags=["odd:\ud800"])
    def odd() -> int:
        calls.append(1)
        return 1

    odd()
    tags.bump("odd:\ud800")
    odd()

    assert len(calls) == 2
    assert pinned().call("PING") in (b"PONG", "PONG")

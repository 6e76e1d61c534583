"""Django's cache API on the two layers: `CACHES["default"]`, and what django-redis adds to that API.

Keys here have no tags. A process trusts its own copy for as long as a tag's version, 40 ms, so what one process writes
is seen by the others within that time. Without Valkey, or with CACHE_ENABLED off, every read is a miss and every write
is dropped; nothing raises.
"""

import os
import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django_redis.cache import RedisCache
from django_redis.pool import ConnectionFactory
from django_redis.serializers.base import BaseSerializer

from performance.cache import filling, packing, scanning, tags
from performance.cache.connection import Argument, CacheGone, Script, pinned
from performance.cache.local import Held, local

_INCREASE = Script("""
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
return redis.call('INCRBY', KEYS[1], ARGV[1])
""")
# A key of the in-process layer that no entry has: those begin with their pattern.
_LOCALLY = "django "
_MISSING = object()


class Packing(BaseSerializer):
    """django-redis' way to bytes and back, for the calls that are its own (sets, hashes, sorted sets)."""

    def dumps(self, value: Any) -> bytes:
        return packing.pack(value)

    def loads(self, value: bytes) -> Any:
        return packing.value_of(*packing.opened(value))


class LayeredCache(RedisCache):
    """See the module."""

    def get(self, key: Any, default: Any = None, version: int | None = None, client: Any = None) -> Any:
        full = self._full(key, version)
        held = local.get(_LOCALLY + full)
        if held is not None and settings.CACHE_ENABLED:
            return held.value
        asked_at = time.monotonic()
        content = _ask(("GET", full))
        return self._received(full, content, asked_at=asked_at, default=default)

    def get_many(self, keys: Iterable[Any], version: int | None = None, **_client: Any) -> dict[Any, Any]:
        full = {key: self._full(key, version) for key in keys}
        if not full:
            return {}
        asked_at = time.monotonic()
        contents = _ask(("MGET", *full.values())) or [None] * len(full)
        received = {
            key: self._received(name, content, asked_at=asked_at, default=_MISSING)
            for (key, name), content in zip(full.items(), contents, strict=True)
        }
        return {key: value for key, value in received.items() if value is not _MISSING}

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None, **how: Any) -> bool:
        """`nx` and `xx` as django-redis has them. Whether it was stored. Raises TypeError for what isn't plain."""
        full, ttl_ms = self._full(key, version), self._ttl_ms(timeout)
        content = _bytes_of(value, full)
        local.discard(_LOCALLY + full)
        if ttl_ms is not None and ttl_ms <= 0:
            return bool(_ask(("UNLINK", full))) and not how.get("nx")
        conditions = [name for name in ("nx", "xx") if how.get(name)]
        expiry: list[Argument] = [] if ttl_ms is None else ["PX", ttl_ms]
        return _ask(("SET", full, content, *expiry, *conditions)) is not None

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None, **_: Any) -> bool:
        return self.set(key, value, timeout, version, nx=True)

    def set_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None, **_client: Any
    ) -> list[Any]:
        """The keys that were not stored."""
        return [key for key, value in data.items() if not self.set(key, value, timeout, version)]

    def delete(self, key: Any, version: int | None = None, **_client: Any) -> bool:
        return self.delete_many([key], version) > 0

    def delete_many(self, keys: Iterable[Any], version: int | None = None, **_client: Any) -> int:
        full = [self._full(key, version) for key in keys]
        for name in full:
            local.discard(_LOCALLY + name)
        return int(_ask(("UNLINK", *full)) or 0) if full else 0

    def has_key(self, key: Any, version: int | None = None, **_client: Any) -> bool:
        return bool(_ask(("EXISTS", self._full(key, version))))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None, **_client: Any) -> bool:
        full, ttl_ms = self._full(key, version), self._ttl_ms(timeout)
        if ttl_ms is None:
            return bool(_ask(("EXISTS", full)) and (_ask(("PERSIST", full)), True))
        return bool(_ask(("PEXPIRE", full, ttl_ms)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None, **_client: Any) -> int:
        """Raises ValueError where there is no such number, which is always so without Valkey."""
        full = self._full(key, version)
        local.discard(_LOCALLY + full)
        try:
            number = pinned().script(_INCREASE, [full], [delta]) if settings.CACHE_ENABLED else None
        except CacheGone as error:
            raise ValueError(f"Key '{key}' not found") from error
        if number is None:
            raise ValueError(f"Key '{key}' not found")
        return int(number)

    def decr(self, key: Any, delta: int = 1, version: int | None = None, **_client: Any) -> int:
        return self.incr(key, -delta, version)

    def get_or_set(self, key: Any, default: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        """A callable `default` is called by one caller at a time, in all processes; the others wait for its value."""
        if (value := self.get(key, _MISSING, version)) is not _MISSING:
            return value
        if not callable(default):
            self.add(key, default, timeout, version)
            return self.get(key, default, version)
        lock = self._full(f"{key} is computed", version)
        give_up_at = time.monotonic() + filling.WAIT_S
        while not (is_ours := _takes(lock)) and time.monotonic() < give_up_at:
            time.sleep(filling.POLL_S)
            if (value := self.get(key, _MISSING, version)) is not _MISSING:
                return value
        try:
            # Whoever had the lock may have stored it since the last look.
            if (value := self.get(key, _MISSING, version)) is _MISSING:
                value = default()
                self.set(key, value, timeout, version)
        finally:
            if is_ours:
                _ask(("UNLINK", lock))
        return value

    def incr_version(self, key: Any, delta: int = 1, version: int | None = None, **_client: Any) -> int:
        version = self.version if version is None else version
        if (value := self.get(key, _MISSING, version)) is _MISSING:
            raise ValueError(f"Key '{key}' not found")
        self.set(key, value, version=version + delta)
        self.delete(key, version)
        return version + delta

    def delete_pattern(self, pattern: str, version: int | None = None, **_how: Any) -> int:
        local.clear()
        try:
            return scanning.unlink(self._full(pattern, version))
        except CacheGone:
            return 0

    def clear(self) -> None:
        """All that is cached, tagged or not. Other keys of the same Valkey (queues, limits) stay."""
        tags.bump("")
        local.clear()
        try:
            scanning.unlink(f"{self.key_prefix}:{self.version}:*")
            scanning.unlink("assay:e:*")
        except CacheGone:
            return

    def _full(self, key: Any, version: int | None) -> str:
        return str(self.make_key(key, version=version))

    def _ttl_ms(self, timeout: Any) -> int | None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if seconds is None else int(seconds * 1000)

    def _received(self, full: str, content: bytes | None, *, asked_at: float, default: Any) -> Any:
        """What `content` says; `default` where there is none, or what nobody of ours has written."""
        if content is None:
            return default
        try:
            kind, inner = _opened(content, full)
            value = packing.value_of(kind, inner)
        except packing.Unreadable:
            return default
        name = _LOCALLY + full
        local.put(name, Held(kind, inner, key=name, expires_at=asked_at + tags.TRUSTED_S))
        return value


def _forget_connections() -> None:
    """In a fork: another thread may have held the lock of django-redis' pool, which would then stay locked for ever."""
    ConnectionFactory._pools.clear()
    for backend in caches.all(initialized_only=True):
        if isinstance(backend, RedisCache):
            backend._client = None


os.register_at_fork(after_in_child=_forget_connections)


def _ask(command: tuple[Argument, ...]) -> Any:
    """The reply; None too where there is no cache to be had."""
    if not settings.CACHE_ENABLED:
        return None
    try:
        return pinned().call(*command)
    except CacheGone:
        return None


def _takes(lock: str) -> bool:
    """Whether this caller is to compute: it has the lock, or there is none to be had."""
    try:
        return not settings.CACHE_ENABLED or pinned().call("SET", lock, "1", "NX", "PX", filling.FILL_MS) is not None
    except CacheGone:
        return True


def _bytes_of(value: Any, full: str) -> bytes:
    """Whole numbers stand as Valkey counts with them; the rest is sealed, behind a letter."""
    return b"%d" % value if type(value) is int else b"s" + packing.sealed(packing.pack(value), place=full.encode())


def _opened(content: bytes, full: str) -> tuple[bytes, bytes]:
    """Raises Unreadable."""
    if content[:1] == b"s":
        return packing.opened(packing.unsealed(content[1:], place=full.encode()))
    return packing.PACKED, packing.packed(packing.number(content))

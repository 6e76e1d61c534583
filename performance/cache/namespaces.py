"""A part of the cache with a name of its own: its keys can't meet others', and all of it goes with one increment."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from performance.cache.connection import CacheGone, Script, pinned
from performance.cache.entries import fetch
from performance.cache.filling import Fresh
from performance.cache.keys import key_of
from performance.cache.tags import bump

_INCREASE = Script("""
local number = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return number
""")


@dataclass(frozen=True, slots=True)
class Namespace:
    """`name` is what its figures are kept by; `ttl_s` None is CACHE_DEFAULT_TTL."""

    name: str
    ttl_s: float | None = None

    @property
    def tag(self) -> str:
        return f"namespace.{self.name}"

    def get_or_set(
        self, key: object, compute: Callable[[], Any], *, tags: Collection[str] = (), ttl_s: float | None = None
    ) -> Any:
        """The value of `key` (any plain value), which one caller at a time computes if nobody has it."""
        found = fetch(
            key_of(self.name, key),
            tags=(self.tag, *tags),
            ttl_s=self.ttl_s if ttl_s is None else ttl_s,
            compute=lambda: Fresh(compute()),
        )
        return found.value

    def increment(self, key: object, by: int = 1, *, ttl_s: float) -> int | None:
        """The number of `key` after adding `by`, counted by all processes until `ttl_s` after its first increment.

        None without Valkey: nobody knows then.
        """
        if not settings.CACHE_ENABLED:
            return None
        try:
            return int(pinned().script(_INCREASE, [f"assay:n:{key_of(self.name, key)}"], [by, int(ttl_s * 1000)]))
        except CacheGone:
            return None

    def clear(self) -> None:
        """All its values are stale once the current transaction is committed. Its numbers go on."""
        bump(self.tag)

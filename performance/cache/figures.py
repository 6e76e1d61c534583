"""What the cache did, counted by key pattern in `performance.metrics`: no I/O here.

cache.reads {pattern, outcome}   outcome: local, shared, stale, computed, unreadable
cache.read_ms {layer}            local (a sample), shared (every question to Valkey)
cache.fill_ms {pattern}          what computing a value took
cache.fill_bytes {pattern}       what was stored in Valkey, compressed
cache.evictions {pattern}        values that this process dropped to make room
cache.local_bytes, cache.local_entries    a process' own layer
"""

from functools import lru_cache

from performance import metrics
from performance.metrics import Series, spent

# Outcomes that spared a computation.
HITS = ("local", "shared", "stale")
_DJANGO = "django "


@lru_cache(maxsize=4096)
def pattern_of(key: str) -> str:
    """What stands before the last colon of a key; those of Django's API are "django.<what comes first>"."""
    if key.startswith(_DJANGO):
        return f"django.{key.removeprefix(_DJANGO).split(':', 2)[-1].partition(':')[0]}"
    return key.rpartition(":")[0] or key


def reads_of(pattern: str, outcome: str) -> Series:
    return metrics.series("cache.reads", {"pattern": pattern, "outcome": outcome})


def read(layer: str, *, took_s: float) -> None:
    metrics.observe("cache.read_ms", {"layer": layer}, took_s * 1000)


def looked_up(*, took_s: float) -> None:
    read("shared", took_s=took_s)
    spent.cache_took(took_s * 1000)


def filled(pattern: str, *, took_s: float) -> None:
    reads_of(pattern, "computed").count()
    metrics.observe("cache.fill_ms", {"pattern": pattern}, took_s * 1000)


def stored(pattern: str, *, size: int) -> None:
    metrics.observe("cache.fill_bytes", {"pattern": pattern}, size)


def evicted(key: str) -> None:
    metrics.count("cache.evictions", {"pattern": pattern_of(key)})

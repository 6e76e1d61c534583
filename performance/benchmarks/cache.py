"""What the cache's layers take, and how soon another process sees a change, in the area "api"."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from statistics import median

from django.core.cache import cache

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, below, percentile, printed
from performance.cache import tags
from performance.cache.connection import pinned
from performance.cache.entries import Fresh, fetch
from performance.cache.local import local

BODY = secrets.token_bytes(2048)
TAGS = ("bench", "bench:1")
HITS, CALLS, CHANGES = 20_000, 2000, 60
TRUTH = "assay:bench:truth"


@area("api")
def layers() -> Iterator[Figure]:
    """2 kB that nothing compresses, under two tags."""
    _read()
    cpu_us, wall_us = _hit()
    yield below(
        5, "cache.local_hit", cpu_us, "µs", beside=f"CPU of a read of 2 kB under two tags; wall {wall_us:.1f} µs"
    )
    shared = _each_ms(_read_shared)
    yield below(1, "cache.valkey_get", percentile(shared, 0.95), "ms", beside=f"P95; median {median(shared):.3f} ms")
    written = _each_ms(lambda: cache.set("bench", BODY, 60))
    yield below(2, "cache.valkey_set", percentile(written, 0.95), "ms", beside=f"P95; median {median(written):.3f} ms")
    raised = _each_ms(lambda: tags.bump(*TAGS))
    yield printed(
        "cache.bump", percentile(raised, 0.95), "ms", beside=f"P95 of raising two tags; median {median(raised):.3f} ms"
    )


@area("api")
def invalidation() -> Iterator[Figure]:
    """From before the change is announced until a second process, which reads all the time, says the new value."""
    seen = _seen_elsewhere()
    beside = f"P95 of {CHANGES} changes; median {median(seen):.1f} ms, longest {max(seen):.1f} ms"
    yield below(50, "cache.invalidation", percentile(seen, 0.95), "ms", beside=beside)


def _read() -> object:
    return fetch("bench.body:1", tags=TAGS, ttl_s=60, compute=lambda: Fresh(BODY)).value


def _read_shared() -> object:
    local.clear()
    return _read()


def _hit() -> tuple[float, float]:
    """µs of CPU and of the clock: the medians of ten rounds."""
    rounds = []
    for _ in range(10):
        cpu, wall = time.thread_time(), time.perf_counter()
        for _ in range(HITS):
            _read()
        rounds.append(((time.thread_time() - cpu) / HITS * 1e6, (time.perf_counter() - wall) / HITS * 1e6))
    return median(cpu for cpu, _ in rounds), median(wall for _, wall in rounds)


def _each_ms(call: Callable[[], object]) -> list[float]:
    took = []
    for _ in range(CALLS):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return took


def _seen_elsewhere() -> list[float]:
    """A child by fork, so that both have the same clock; the truth is a key of Valkey that no layer keeps."""
    source, sink = os.pipe()
    _change(0)
    child = os.fork()
    if child == 0:
        try:
            for number in range(1, CHANGES + 1):
                while _truth() != number:
                    pass
                os.write(sink, b"%.6f\n" % time.monotonic())
        finally:
            os._exit(0)
    os.close(sink)
    with os.fdopen(source, "rb") as answers:
        seen = [_until_seen(number, answers.readline) for number in range(1, CHANGES + 1)]
    os.waitpid(child, 0)
    return seen


def _until_seen(number: int, answer: Callable[[], bytes]) -> float:
    # At no fixed place within the 40 ms for which the other process trusts what it knows.
    time.sleep(0.05 + secrets.randbelow(40) / 1000)
    began = time.monotonic()
    _change(number)
    return (float(answer()) - began) * 1000


def _change(number: int) -> None:
    pinned().call("SET", TRUTH, number)
    tags.bump(*TAGS)


def _truth() -> int:
    found = fetch("bench.truth:1", tags=TAGS, ttl_s=60, compute=lambda: Fresh(int(pinned().call("GET", TRUTH))))
    return int(found.value)

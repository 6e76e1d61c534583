"""Keys by pattern, in steps, so that Valkey answers others in between. A pattern is Valkey's: * ? [abc] and \\."""

from collections.abc import Iterator

from performance.cache.connection import pinned

STEP = 500


def matching(pattern: str) -> Iterator[list[bytes]]:
    """The keys a step at a time; one that exists from first to last is met at least once. Raises CacheGone."""
    cursor = b"0"
    while True:
        cursor, keys = pinned().call("SCAN", cursor, "MATCH", pattern.encode("utf-8", "replace"), "COUNT", STEP)
        if keys:
            yield keys
        if cursor == b"0":
            return


def unlink(pattern: str) -> int:
    """Remove what matches; how many keys. Raises CacheGone."""
    return sum(int(pinned().call("UNLINK", *keys)) for keys in matching(pattern))

"""What goes stale at a person's wish: by tag, by pattern of keys, or all; and what would, looked at first."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from performance.api.errors import DomainError
from performance.cache import scanning, tags
from performance.cache.connection import pinned
from performance.cache.local import local

ENTRIES = "assay:e:*:"
_WILD = re.compile(r"\[[^\]]*\]|[*?]")
SAMPLE = 20
# Sizes are asked of so many keys and told for all.
MEASURED = 200


class BadPattern(DomainError):
    """A pattern that names no part of the cache."""

    status = 422


class MatchesEverything(DomainError):
    """A pattern that spares nothing, and nobody who said that this is meant."""

    status = 409


@dataclass(frozen=True, slots=True)
class Going:
    """`keys` of Valkey match, of about `bytes` in all; `sample` are the first of them."""

    keys: int
    bytes: int
    sample: list[str]


def check_pattern(pattern: str) -> str:
    """Raises BadPattern: a pattern is of keys, "page.api-prospects:*", and at most 200 characters."""
    if not pattern.strip() or len(pattern) > 200 or not pattern.isprintable():
        raise BadPattern("Give a pattern of keys of at most 200 characters, such as page.api-prospects:*")
    return pattern


def preview(pattern: str) -> Going:
    """What `by_pattern` would remove. Raises BadPattern, CacheGone."""
    check_pattern(pattern)
    found, measured, size, sample = 0, 0, 0, list[str]()
    for keys in scanning.matching(ENTRIES + pattern):
        found += len(keys)
        if len(sample) < SAMPLE:
            sample += [_shown(key) for key in keys[: SAMPLE - len(sample)]]
        if measured < MEASURED:
            part = keys[: MEASURED - measured]
            size += sum(sizes(part))
            measured += len(part)
    return Going(found, round(size / measured * found) if measured else 0, sample)


def by_pattern(pattern: str, *, is_confirmed: bool = False) -> int:
    """Remove the entries whose keys match, in steps; how many. Raises BadPattern, CacheGone, and MatchesEverything
    where the pattern has no word in it and isn't confirmed.

    Keys are "<pattern>:<rest>" of whatever release. Other processes drop their copies as they hear of it, which those
    that are cut off from Valkey at this moment don't: they keep them until their TTL. A tag has no such gap.
    """
    check_pattern(pattern)
    if not is_confirmed and not _WILD.sub("", pattern).strip():
        raise MatchesEverything(
            f"{pattern} matches all {preview(pattern).keys:,} entries of the cache. Say that this is meant "
            "(is_confirmed; --all by command), or name a part, such as page.api-prospects:*"
        )
    removed = scanning.unlink(ENTRIES + pattern)
    local.discard_matching(pattern)
    pinned().call("PUBLISH", tags.PATTERN_CHANNEL, pattern.encode("utf-8", "replace"))
    return removed


def by_tags(named: Collection[str]) -> int:
    """Raise tags; how many. Those of "noun:*" stand for all of a noun."""
    tags.bump(*named)
    return len(named)


def everything() -> None:
    """Raise the epoch: whatever was cached before is stale. Nothing is removed, so it takes no time."""
    tags.bump("")


def sizes(keys: Collection[bytes]) -> Iterator[int]:
    """Bytes that each takes in Valkey; 0 for one that has gone. Raises CacheGone."""
    if keys:
        replies = pinned().calls([("MEMORY", "USAGE", key) for key in keys])
        yield from (int(reply or 0) for reply in replies)


def _shown(key: bytes) -> str:
    """Without prefix and release."""
    return key.decode("utf-8", "replace").split(":", 3)[-1]

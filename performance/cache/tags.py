"""Tags: what a cached value was made from. A write raises the tag's version, and with that all values made before.

A tag is a noun, for lists ("prospects"), or "noun:<id>", for one ("prospect:12"). "prospect:*" stands for every
"prospect:<id>", so that a bulk write needs to name only one tag.

A value is good while the versions it was made under are the current ones. A process trusts a version for at most 40 ms
after it asked Valkey for it, so no answer is staler than that even if nobody tells it of a change; told by pub/sub it
asks sooner. A version that Valkey has lost is replaced by one never used before (the server's time in microseconds):
losing keys costs hits, and never makes something stale look good.
"""

import os
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import orjson
from django.conf import settings
from django.db import transaction

from performance.cache import debts, rows
from performance.cache.connection import CacheGone, Script, pinned

TRUSTED_S = 0.04
CHANNEL = "assay:bumps"
# Patterns of keys that somebody removed.
PATTERN_CHANNEL = "assay:patterns"
PREFIX = "assay:t:"
# A version that nobody asked for in a day is forgotten; the values made under it are misses then.
KEPT_MS = 86_400_000
# Above this many of one noun, a transaction raises "noun:*" instead.
MOST_OF_A_NOUN = 200
MOST_REMEMBERED = 20_000
# So many are asked for at once: those that are needed, and others that have been lately.
MOST_TOGETHER = 200

# `versions` is a list of what MGET gave for the tags' keys. It makes the missing ones. It ends with an error where the
# server takes no writes (its disk is full, it has become a replica): then nobody can announce a change either. UNLINK
# is refused there, and not where memory is short.
MAKE_MISSING = """
redis.call('UNLINK', 'assay:nothing')
local now
for i = 1, #versions do
    if not versions[i] then
        if not now then
            local time = redis.call('TIME')
            now = string.format('%.0f', time[1] * 1000000 + time[2])
        end
        redis.call('SET', tag_keys[i], now, 'PX', kept_ms)
        versions[i] = now
    end
end
"""
# Keys: the tags' own, as many as the second argument says, then the hashes of `rows`, whose fields the others are.
_VERSIONS = Script(f"""
{rows.NUMBER_OF}
local kept_ms, plain = ARGV[1], tonumber(ARGV[2])
local tag_keys = {{unpack(KEYS, 1, plain)}}
local versions = redis.call('MGET', unpack(tag_keys))
{MAKE_MISSING}
for i = plain + 1, #KEYS do versions[i] = number_of(KEYS[i], ARGV[2 + i - plain]) end
return versions
""")
# A tag that has no version has no values either. Where memory is short INCR is refused and UNLINK isn't.
_BUMP = Script(f"""
{rows.RAISE}
local plain = tonumber(ARGV[3])
for i = 1, plain do
    if redis.call('EXISTS', KEYS[i]) == 1 then
        local raised = redis.pcall('INCR', KEYS[i])
        if type(raised) == 'table' and raised.err then redis.call('UNLINK', KEYS[i]) end
    end
end
for i = plain + 1, #KEYS do raise(KEYS[i], ARGV[3 + i - plain]) end
return redis.call('PUBLISH', ARGV[1], ARGV[2])
""")


@dataclass(frozen=True, slots=True)
class Versions:
    """Of expanded tags, in their order, as asked for at `asked_at` on the monotonic clock."""

    tags: tuple[str, ...]
    numbers: tuple[bytes, ...]
    asked_at: float


# tag → (version, asked at). Replaced pair by pair, so that threads need no lock.
_known: dict[str, tuple[bytes, float]] = {}
_changes = 0
# Tags that somebody wanted since `_turned_at`, and in the 40 ms before: when one is asked for, so are all of these, or
# each busy page would have a round trip of its own every 40 ms.
_wanted: dict[str, None] = {}
_wanted_before: dict[str, None] = {}
_turned_at = 0.0
_asking = threading.Lock()


@lru_cache(maxsize=8192)
def expanded(tags: tuple[str, ...]) -> tuple[str, ...]:
    """The tags whose versions a value with `tags` depends on: the epoch first, for "noun:<id>" also "noun:*", and last,
    for a noun, what is said of any of its rows; "noun#" (`rows.members_of`) leaves that to the value.
    """
    named = [rows.noun_of(tag) if rows.is_members(tag) else tag for tag in tags]
    whole = [f"{tag.partition(':')[0]}:*" for tag in named if ":" in tag]
    said = [rows.any_of(tag) for tag in tags if rows.has_rows(tag)]
    return in_order(dict.fromkeys(["", *named, *whole, *said]))


def key_of(tag: str) -> bytes:
    return (PREFIX + tag).encode("utf-8", "replace")


def versions(tags: Collection[str], *, at_most_s: float = TRUSTED_S) -> Versions | None:
    """The versions of `tags`, asked for within the last `at_most_s`. None: there is no cache to be had now."""
    return versions_of(expanded(tuple(tags)), at_most_s=at_most_s)


def versions_of(wanted: tuple[str, ...], *, at_most_s: float = TRUSTED_S) -> Versions | None:
    """Those of tags that are `expanded` already, and of blocks of rows."""
    if not settings.CACHE_ENABLED:
        return None
    _wanted.update(dict.fromkeys(wanted))
    began = time.monotonic()
    if found := _remembered(wanted, since=began - at_most_s):
        return found
    try:
        with _asking:
            # Another thread may have asked for them meanwhile, however long the answer took.
            return _remembered(wanted, since=min(began, time.monotonic() - at_most_s)) or _ask(wanted)
    except CacheGone:
        return None


def changes() -> int:
    """Another number each time that what this process knows has changed."""
    return _changes


def remember(found: Versions) -> None:
    """Trust them from now on, for as long as they may be."""
    if len(_known) > MOST_REMEMBERED:
        forget_all()
    for tag, number in zip(found.tags, found.numbers, strict=True):
        before = _known.get(tag)
        _known[tag] = (number, found.asked_at)
        if before is not None and before[0] != number:
            _note_change()


def _remembered(wanted: tuple[str, ...], *, since: float) -> Versions | None:
    numbers, oldest = [], float("inf")
    for tag in wanted:
        each = _known.get(tag)
        if each is None or each[1] < since:
            return None
        numbers.append(each[0])
        oldest = min(oldest, each[1])
    return Versions(wanted, tuple(numbers), oldest)


def forget(tags: Collection[str]) -> None:
    """Ask Valkey when one of them is needed next."""
    for tag in tags:
        _known.pop(tag, None)
    _note_change()


def forget_all() -> None:
    _known.clear()
    _note_change()


def _note_change() -> None:
    """Two threads at once may make one number of it: both changes were made before either of them."""
    global _changes
    _changes += 1


def bump(*tags: str) -> None:
    """Everything cached under one of `tags` is stale once the current transaction is committed; at once outside one.

    One INCR a tag and a PUBLISH for all tags of a transaction. Never raises: without Valkey the epoch is raised
    before this process uses it again.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        _send(tags)
        return
    # Whoever registered under the savepoints that are open now is called, unless all of this is rolled back.
    open_savepoints = set(connection.savepoint_ids)
    for savepoints, waiting, _ in connection.run_on_commit:
        if isinstance(waiting, _Pending) and set(savepoints) <= open_savepoints:
            waiting.tags.update(dict.fromkeys(tags))
            return
    transaction.on_commit(_Pending(tags), robust=True)


class _Pending:
    """The tags of a transaction, raised when it has been committed."""

    def __init__(self, tags: Collection[str]) -> None:
        self.tags = dict.fromkeys(tags)

    def __call__(self) -> None:
        _send(list(self.tags))


def _send(tags: Collection[str]) -> None:
    # What UTF-8 can't say (a lone surrogate out of a URL) is named as `key_of` names it.
    summed = [tag.encode("utf-8", "replace").decode() for tag in _summed(tags)]
    if not summed:
        return
    # Raised as the others are: in the order that `asked_for` has them.
    raised = in_order(summed)
    changed = [*raised, *{rows.any_of(rows.noun_of(tag)) for tag in raised if rows.is_of_rows(tag)}]
    plain, fields, keys = asked_for(raised)
    forget([*tags, *changed])
    try:
        pinned().script(_BUMP, keys, [CHANNEL, orjson.dumps(changed), plain, *fields])
    except CacheGone:
        debts.owe()
    # A thread that asked before the change may have remembered in the meantime.
    forget([*tags, *changed])


def _summed(tags: Collection[str]) -> Iterator[str]:
    """Very many of one noun become "noun:*", and very many blocks of its rows the noun."""
    by_noun: dict[str, list[str]] = {}
    for tag in dict.fromkeys(map(rows.named, tags)):
        noun = rows.members_of(rows.noun_of(tag)) if rows.is_of_rows(tag) else tag.partition(":")[0]
        by_noun.setdefault(noun, []).append(tag)
    for noun, named in by_noun.items():
        if len(named) <= MOST_OF_A_NOUN:
            yield from named
        elif rows.is_of_rows(noun):
            yield rows.noun_of(noun)
        else:
            yield f"{noun}:*"
            yield from (tag for tag in named if ":" not in tag)


def in_order(tags: Iterable[str]) -> tuple[str, ...]:
    """Those that have a key of their own, then blocks of rows."""
    return tuple(sorted(tags, key=rows.is_of_rows))


def asked_for(tags: Collection[str]) -> tuple[int, list[str], list[bytes]]:
    """As scripts are given tags in their order: how many have a key of their own, the blocks' fields, and all keys."""
    blocks = [tag for tag in tags if rows.is_of_rows(tag)]
    plain = len(tags) - len(blocks)
    keys = [key_of(tag) if place < plain else rows.key_of(tag) for place, tag in enumerate(tags)]
    return plain, [rows.field_of(tag) for tag in blocks], keys


def _ask(wanted: tuple[str, ...]) -> Versions:
    """By one thread at a time."""
    asked_at = time.monotonic()
    lately = tuple(dict.fromkeys((*wanted, *_wanted_lately(asked_at))))
    together = in_order(lately[: max(MOST_TOGETHER, len(wanted))])
    plain, fields, keys = asked_for(together)
    numbers = pinned().script(_VERSIONS, keys, [KEPT_MS, plain, *fields])
    found = dict(zip(together, numbers, strict=True))
    remember(Versions(together, tuple(numbers), asked_at))
    return Versions(wanted, tuple(found[tag] for tag in wanted), asked_at)


def _wanted_lately(now: float) -> list[str]:
    global _wanted, _wanted_before, _turned_at
    lately = list(_wanted.copy() | _wanted_before)
    if now - _turned_at > TRUSTED_S:
        _wanted, _wanted_before, _turned_at = {}, _wanted, now
    return lately


def _begin_anew() -> None:
    """In a fork: another thread may have been asking."""
    global _asking
    _asking = threading.Lock()


os.register_at_fork(after_in_child=_begin_anew)

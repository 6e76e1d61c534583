"""One caller's way to a value that this process doesn't hold: Valkey has it, somebody computes it, or this caller does.

In Valkey an entry begins with the versions of its tags, so that a script can tell a good one without knowing what is
in it. It is kept for a while after its TTL: then whoever comes first computes it anew, and the others get the old one
meanwhile, as its tags say that nothing was written since. A value one of whose tags was raised is never served.
"""

import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings

from performance.cache import figures, listening, packing, rows
from performance.cache import tags as tagging
from performance.cache.connection import CacheGone, Script, pinned
from performance.cache.local import Held, local
from performance.cache.release import release

# How long the one who computes is waited for, and when another one may begin though the first hasn't ended.
WAIT_S = 3.0
FILL_MS = 30_000
POLL_S, LONGEST_POLL_S = 0.003, 0.025
# After a result that isn't stored (an error page), for so long nobody waits for another caller's.
OPEN_MS = 1000

# Reply: the tags' versions, the value, the milliseconds it is good for, and what to do.
GOOD, MINE, OTHERS = 0, 1, 2
# Keys: the value's, its lock's, those of tags, as many as the fifth argument says, and the hashes of `rows`, whose
# fields are the last arguments. If the sixth is '1' the last of these is the clock of the value's own rows: it is told,
# and is no part of what must be as it was. The value's second line says what that clock said, and the rows' blocks.
_LOOK_UP = Script(f"""
{rows.NUMBER_OF}
local kept_ms, plain, clocks_told = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local tag_keys = {{unpack(KEYS, 3, 2 + plain)}}
local versions = redis.call('MGET', unpack(tag_keys))
{tagging.MAKE_MISSING}
for i = 1, #KEYS - 2 - plain do versions[plain + i] = number_of(KEYS[2 + plain + i], ARGV[6 + i]) end
local head = table.concat(versions, ',', 1, #versions - clocks_told) .. '\\n'
local value = redis.pcall('GET', KEYS[1])
local is_good = type(value) == 'string' and string.sub(value, 1, #head) == head
value = is_good and string.sub(value, #head + 1)
if is_good and clocks_told == 1 then
    local born, clock, blocks = string.match(value, '^(%d+%.)(%d+)([^\\n]*)\\n')
    is_good = born ~= nil
    for block in string.gmatch(blocks or '', '[^,]+') do
        local number = number_of(KEYS[#KEYS], block)
        is_good = is_good and string.sub(number, 1, #born) == born and number <= born .. clock
    end
    value = is_good and value
end
if is_good then
    local left_ms = redis.call('PTTL', KEYS[1]) - ARGV[3]
    if left_ms > 0 then return {{versions, value, left_ms, {GOOD}}} end
end
local holder = redis.pcall('GET', KEYS[2])
if holder == 'open' or holder == ARGV[1] then return {{versions, value, 0, {MINE}}} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {{versions, value, 0, {MINE}}} end
return {{versions, value, 0, {OTHERS}}}
""")
_STORE = Script("""
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
if redis.pcall('GET', KEYS[2]) == ARGV[1] then redis.call('UNLINK', KEYS[2]) end
return 1
""")
_OPEN = Script("""
if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], 'open', 'PX', ARGV[2]) end
return 1
""")


# Keys whose values this process computes now: its other threads wait for the end of that without asking Valkey for it.
_computing: dict[str, threading.Event] = {}


@dataclass(frozen=True, slots=True)
class Fresh:
    """What was computed: bytes, which are stored as they are, or what is made of plain types.

    None is a value too ("there is no such thing"), kept for CACHE_NEGATIVE_TTL at most. `ttl_s` overrides the TTL
    that was asked for; what isn't `is_stored` is for this caller alone. `blocks` are tags of the rows it shows: `rows`.
    """

    value: Any
    ttl_s: float | None = None
    is_stored: bool = True
    blocks: tuple[str, ...] = ()


class Found(NamedTuple):
    """`layer` is "local", "shared", "stale" (its TTL is over and somebody computes it anew), or "computed".

    `memo` lives as long as this process' copy of the value; what is put there must be small or be derived seldom.
    """

    value: Any
    layer: str
    memo: dict[Any, Any]


def entry_key(key: str) -> bytes:
    return f"assay:e:{release()}:{key}".encode("utf-8", "replace")


def lock_key(key: str) -> bytes:
    return f"assay:l:{release()}:{key}".encode("utf-8", "replace")


def discard(key: str) -> None:
    """Drop the value of `key` here and in Valkey; other processes may have copies, which only tags reach."""
    local.discard(key)
    with suppress(CacheGone):
        pinned().call("UNLINK", entry_key(key))


class Fill:
    """Of one caller, once."""

    def __init__(self, key: str, *, tags: tuple[str, ...], ttl_s: float) -> None:
        self._key = key
        self._pattern = figures.pattern_of(key)
        self._asked = tags
        self._tags = tagging.expanded(tags)
        # The tag of the clock of the rows that it may show, and what it said.
        self._clocks = tuple(rows.any_of(rows.noun_of(tag)) for tag in tags if rows.is_members(tag))
        if len(self._clocks) > 1:
            raise ValueError(f"A value may name rows of one noun, and not of {len(self._clocks)}: {tags}")
        self._clock = b""
        self._ttl_s = ttl_s
        self._token = secrets.token_hex(8)
        self._numbers: tuple[bytes, ...] = ()

    def found(self, compute: Callable[[], Fresh], *, is_current: Callable[[Held], bool]) -> Found:
        """Raises CacheGone before `compute` was called, never after, and whatever `compute` raises."""
        give_up_at, poll_s = time.monotonic() + WAIT_S, POLL_S
        while True:
            content, left_s, state = self._look_up()
            if content is not None and (there := self._there(content, left_s, state)) is not None:
                return there
            if state == MINE or time.monotonic() > give_up_at:
                return self._computed(compute)
            if (ended := _computing.get(self._key)) is not None:
                ended.wait(give_up_at - time.monotonic())
            else:
                time.sleep(poll_s)
                poll_s = min(poll_s * 1.2, LONGEST_POLL_S)
            if (held := local.get(self._key)) is not None and is_current(held):
                held.hits.count()
                return Found(held.value, "local", held.memo)

    def _look_up(self) -> tuple[bytes | None, float, int]:
        tags = (*self._tags, *self._clocks)
        plain, fields, own_keys = tagging.asked_for(tags)
        keys = [entry_key(self._key), lock_key(self._key), *own_keys]
        times = (FILL_MS, settings.CACHE_STALE_TTL * 1000, tagging.KEPT_MS)
        asked_at = time.monotonic()
        arguments: list[str | int] = [self._token, *times, plain, len(self._clocks), *fields]
        numbers, content, left_ms, state = pinned().script(_LOOK_UP, keys, arguments)
        figures.looked_up(took_s=time.monotonic() - asked_at)
        tagging.remember(tagging.Versions(tags, tuple(numbers), asked_at))
        self._numbers = tuple(numbers[: len(self._tags)])
        self._clock = numbers[-1] if self._clocks else b""
        return content, left_ms / 1000, state

    def _there(self, content: bytes, left_s: float, state: int) -> Found | None:
        """The value that Valkey has, if it can be served: while this caller is to compute it, it can't."""
        of_rows, _, sealed = content.partition(b"\n")
        try:
            kind, inner = packing.opened(packing.unsealed(sealed, place=self._place(of_rows)))
            value = packing.value_of(kind, inner)
        except packing.Unreadable:
            figures.reads_of(self._pattern, "unreadable").count()
            pinned().call("UNLINK", entry_key(self._key))
            return None
        if state == MINE:
            return None
        layer = "shared" if state == GOOD else "stale"
        figures.reads_of(self._pattern, layer).count()
        held = self._hold(kind, inner, of_rows=of_rows, left_s=left_s) if state == GOOD else None
        return Found(value, layer, held.memo if held else {})

    def _computed(self, compute: Callable[[], Fresh]) -> Found:
        ended = _computing.setdefault(self._key, threading.Event())
        try:
            return self._made(compute)
        finally:
            _computing.pop(self._key, None)
            ended.set()

    def _made(self, compute: Callable[[], Fresh]) -> Found:
        began = time.perf_counter()
        try:
            fresh = compute()
        except BaseException:
            self._let_others()
            raise
        figures.filled(self._pattern, took_s=time.perf_counter() - began)
        content = packing.pack(fresh.value) if fresh.is_stored else b""
        if not fresh.is_stored or len(content) > settings.CACHE_MAX_VALUE_KB * 1024:
            self._let_others()
            return Found(fresh.value, "computed", {})
        ttl_s = self._ttl_s if fresh.ttl_s is None else fresh.ttl_s
        if fresh.value is None:
            ttl_s = min(ttl_s, settings.CACHE_NEGATIVE_TTL)
        return Found(fresh.value, "computed", self._store(content, of_rows=self._of_rows(fresh), ttl_s=ttl_s))

    def _of_rows(self, fresh: Fresh) -> bytes:
        """The second line of an entry: what the clock of its rows said, and their blocks. Raises ValueError."""
        if not {rows.any_of(rows.noun_of(tag)) for tag in fresh.blocks} <= set(self._clocks):
            raise ValueError(f"{self._key} shows rows {fresh.blocks}, and its tags are {self._asked}")
        return b",".join([self._clock, *(rows.field_of(tag).encode() for tag in fresh.blocks)])

    def _store(self, content: bytes, *, of_rows: bytes, ttl_s: float) -> dict[Any, Any]:
        kept_ms = max(int((ttl_s + settings.CACHE_STALE_TTL) * 1000), 1)
        with suppress(CacheGone):
            keys = [entry_key(self._key), lock_key(self._key)]
            stored = self._head() + of_rows + b"\n" + packing.sealed(content, place=self._place(of_rows))
            pinned().script(_STORE, keys, [self._token, stored, kept_ms])
            figures.stored(self._pattern, size=len(stored))
            return self._hold(*packing.opened(content), of_rows=of_rows, left_s=ttl_s).memo
        return {}

    def _head(self) -> bytes:
        return b",".join(self._numbers) + b"\n"

    def _place(self, of_rows: bytes) -> bytes:
        return entry_key(self._key) + b"\n" + self._head() + of_rows

    def _let_others(self) -> None:
        with suppress(CacheGone):
            pinned().script(_OPEN, [lock_key(self._key)], [self._token, OPEN_MS])

    def _hold(self, kind: bytes, content: bytes, *, of_rows: bytes, left_s: float) -> Held:
        expires_at = time.monotonic() + min(left_s, settings.CACHE_LOCAL_TTL)
        held = Held(kind, content, key=self._key, expires_at=expires_at)
        held.asked, held.numbers = self._asked, self._numbers
        if self._clocks:
            held.clock, *fields = of_rows.split(b",")
            held.blocks = tuple(rows.members_of(rows.noun_of(self._clocks[0])) + each.decode() for each in fields)
        local.put(self._key, held)
        listening.ensure()
        return held


def _begin_anew() -> None:
    """In a fork, where nobody computes."""
    _computing.clear()


os.register_at_fork(after_in_child=_begin_anew)

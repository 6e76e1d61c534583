"""The in-process layer: the values used last, bounded by number and by bytes."""

import os
import re
import threading
import time
from collections import OrderedDict
from fnmatch import translate
from typing import Any

from django.conf import settings

from performance.cache import figures, packing

# What a key, its entry and their places in tables take beside the value.
OVERHEAD_BYTES = 600


class Held:
    """One value in this process, packed as `packing` has it, and the tags and their versions that it was made under.

    `memo` is for what its reader derives from it, such as a compressed form. `hits` counts who found it here.
    """

    __slots__ = (
        "asked",
        "blocks",
        "clock",
        "content",
        "expires_at",
        "good_until",
        "hits",
        "kind",
        "looked_at",
        "memo",
        "numbers",
        "size",
    )

    def __init__(self, kind: bytes, content: bytes, *, key: str, expires_at: float) -> None:
        self.kind = kind
        self.content = content
        self.expires_at = expires_at
        # The tags it was asked for under, their versions, and what was found when these were last looked at.
        self.asked: tuple[str, ...] = ()
        self.numbers: tuple[bytes, ...] = ()
        # Blocks of the rows that it shows, and what their clock said before it was computed (`rows`).
        self.blocks: tuple[str, ...] = ()
        self.clock = b""
        self.looked_at = -1
        self.good_until = 0.0
        # A page's memo holds about as much again.
        self.size = len(content) * (2 if kind == packing.RAW else 1) + len(key) + OVERHEAD_BYTES
        self.hits = figures.reads_of(figures.pattern_of(key), "local")
        self.memo: dict[Any, Any] = {}

    @property
    def value(self) -> Any:
        return self.content if self.kind == packing.RAW else packing.value_of(self.kind, self.content)


class Local:
    """Least recently used goes first."""

    def __init__(self, *, most_entries: int, most_bytes: int) -> None:
        self.most_entries = most_entries
        self.most_bytes = most_bytes
        self.bytes = 0
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: str, now: float | None = None) -> Held | None:
        """`now` on the monotonic clock, where the caller has it."""
        held = self._held.get(key)
        if held is None:
            return None
        if held.expires_at <= (time.monotonic() if now is None else now):
            self.discard(key)
            return None
        try:
            self._held.move_to_end(key)
        except KeyError:
            return None  # another thread dropped it meanwhile
        return held

    def put(self, key: str, held: Held) -> None:
        """A value larger than a tenth of the layer isn't kept: it would drive out what is worth more."""
        if held.size * 10 > self.most_bytes:
            self.discard(key)
            return
        with self._lock:
            self._drop(key)
            self._held[key] = held
            self.bytes += held.size
            while len(self._held) > self.most_entries or self.bytes > self.most_bytes:
                evicted = next(iter(self._held))
                self._drop(evicted)
                figures.evicted(evicted)

    def discard(self, key: str) -> None:
        with self._lock:
            self._drop(key)

    def discard_matching(self, pattern: str) -> int:
        """The keys that a pattern of Valkey's matches, or a few more: a backslash is no escape here."""
        matches = re.compile(translate(pattern.replace("\\", "?"))).match
        with self._lock:
            doomed = [key for key in self._held if matches(key)]
            for key in doomed:
                self._drop(key)
        return len(doomed)

    def begin_anew(self) -> None:
        """In a fork, where whoever held the lock isn't."""
        self._lock = threading.Lock()

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self.bytes = 0

    def _drop(self, key: str) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            self.bytes -= held.size


# This process'.
local = Local(most_entries=settings.CACHE_LOCAL_ENTRIES, most_bytes=settings.CACHE_LOCAL_MB * 1024 * 1024)
os.register_at_fork(after_in_child=local.begin_anew)

"""The frontier: URLs of a site that wait to be read, the most telling first, and never more than fit. Pure.

Kinds of pages take turns, in the order in which they are wanted: a first "about", a first "contact", … before a second
of any, so that a hundred pages of a team don't keep the imprint out.
"""

import heapq
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, TypeAlias

from prospects.crawl.patterns import Endless, Glob, LeftOut, Sameness, globs
from prospects.crawl.plan import CrawlPlan
from prospects.crawl.urls import Parts, Scope, is_trap, language_in, may_be_page, parts_of

MOST_WAITING = 2000
# Of the places, those that only wanted kinds may take: a shop's products come first and in thousands.
_KEPT_FOR_WANTED = 500
MOST_SEEN = 20_000
# What isn't wanted by name, the more telling first: it comes after two rounds of what is.
_UNWANTED = ("home", "product", "other", "news")
Source: TypeAlias = Literal["seed", "known", "link", "sitemap"]
_SOURCES: tuple[Source, ...] = ("seed", "known", "link", "sitemap")
_Key: TypeAlias = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A URL to be read. `depth` counts the links from a seed."""

    url: str
    kind: str = "other"
    depth: int = 0
    source: Source = "link"


@dataclass(slots=True)
class Frontier:
    """Offered URLs are canonical. What was offered once is never taken in again, and what is done never given out."""

    plan: CrawlPlan
    scope: Scope
    left_out: LeftOut = field(default_factory=LeftOut)
    _seen: set[str] = field(default_factory=set)
    _done: set[str] = field(default_factory=set)
    _include: tuple[Glob, ...] = ()
    _exclude: tuple[Glob, ...] = ()
    _sameness: Sameness = field(default_factory=Sameness)
    _heaps: dict[str, list[tuple[_Key, Candidate]]] = field(default_factory=dict)
    _taken: Counter[str] = field(default_factory=Counter)
    _serial: "count[int]" = field(default_factory=count)
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._include, self._exclude = globs(self.plan.include), globs(self.plan.exclude)

    def __len__(self) -> int:
        return self._waiting

    def knows(self, url: str) -> bool:
        return url in self._seen or url in self._done

    def covers(self, url: str) -> bool:
        """Whether the crawl was asked for such a URL, wherever it may have been found."""
        parts = parts_of(url)
        return parts is not None and self.scope.has(parts) and self._is_chosen(parts.path)

    def has_any(self, kinds: Collection[str]) -> bool:
        """Whether a URL of one of these kinds waits."""
        return any(self._heaps.get(kind) for kind in kinds)

    def done(self, url: str, *, kind: str = "") -> bool:
        """This URL needs no reading (any more); `kind` is of the page that it was. False if that is known already."""
        if url in self._done:
            return False
        self._done.add(url)
        self._taken[kind] += 1
        return True

    def offer(self, candidate: Candidate) -> bool:
        """Take a URL in, if it is a page of this site as asked for, not like too many others, and there is room.

        Seeds are read whatever their depth and wherever they are on the site, unless they are excluded.
        """
        if candidate.url in self._seen:
            return False
        if len(self._seen) >= MOST_SEEN or not self._has_room(candidate.kind):
            # It isn't remembered, so how many there were isn't known.
            self.left_out.first.setdefault("beyond", candidate.url)
            return False
        self._seen.add(candidate.url)
        parts = parts_of(candidate.url)
        if parts is None or not self._is_asked_for(candidate, parts):
            return False
        heap = self._heaps.setdefault(candidate.kind, [])
        heapq.heappush(heap, (self._key(candidate, parts), candidate))
        self._waiting += 1
        return True

    def take(self) -> Candidate | None:
        """The URL to be read next; seeds before all others."""
        while self._waiting:
            kind = min((kind for kind, heap in self._heaps.items() if heap), key=self._turn)
            _, candidate = heapq.heappop(self._heaps[kind])
            self._waiting -= 1
            if self.done(candidate.url, kind=kind):
                return candidate
        return None

    def _turn(self, kind: str) -> tuple[bool, int]:
        key, _ = self._heaps[kind][0]
        wants = self.plan.wants
        rank = wants.index(kind) if kind in wants else 2 * len(wants) + _rank(kind, _UNWANTED)
        return key[0] != 0, self._taken[kind] * max(len(wants), 1) + rank

    def _is_asked_for(self, candidate: Candidate, parts: Parts) -> bool:
        if not self.scope.has(parts) or self._is_excluded(parts.path):
            return False
        if candidate.source == "seed":
            return True
        if candidate.depth > self.plan.most_depth or not may_be_page(parts) or not self._is_chosen(parts.path):
            return False
        excess: Endless | None = "grown" if is_trap(parts.path) else None
        excess = excess or self._sameness.excess(host=parts.host, path=parts.path, query=parts.query)
        if excess:
            self.left_out.add(excess, candidate.url)
        return excess is None

    def _is_chosen(self, path: str) -> bool:
        if self._is_excluded(path):
            return False
        return not self._include or any(glob.matches(path) for glob in self._include)

    def _is_excluded(self, path: str) -> bool:
        return any(glob.matches(path) for glob in self._exclude)

    def _has_room(self, kind: str) -> bool:
        is_wanted = kind in self.plan.wants
        return self._waiting < (MOST_WAITING if is_wanted else MOST_WAITING - _KEPT_FOR_WANTED)

    def _key(self, candidate: Candidate, parts: Parts) -> _Key:
        """Among those of a kind: seeds, the site's own language, few steps from home, short paths, first come."""
        return (
            _SOURCES.index(candidate.source),
            int(bool(language_in(parts.path)) and candidate.source != "seed"),
            candidate.depth,
            parts.path.count("/") + bool(parts.query),
            len(parts.path),
            next(self._serial),
        )


def _rank(kind: str, order: Collection[str]) -> int:
    ranks = {name: rank for rank, name in enumerate(order)}
    return ranks.get(kind, len(ranks))

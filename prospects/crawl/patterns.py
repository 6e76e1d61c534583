"""Patterns of paths: the globs that people give, and the sameness by which endless URLs are told. Pure.

Globs are no regular expressions: only "*" means something, and matching takes one look at the path for each.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias

# Of URLs that differ in numbers alone, and of those that differ in their query alone.
MOST_ALIKE = 5
MOST_QUERIES = 3
MOST_GLOBS = 50
LONGEST_GLOB = 200
Endless: TypeAlias = Literal["alike", "queries", "grown", "beyond"]
_SAYS: Mapping[Endless, str] = {
    "alike": f"It differs from {MOST_ALIKE} others in numbers alone, as the days of a calendar do",
    "queries": f"It differs from {MOST_QUERIES} others in its query alone, as lists in another order do",
    "grown": "Its path repeats itself, or is deeper than paths are: so are links that grow without end",
    "beyond": "There were more addresses before it than a crawl keeps in mind",
}
_NUMBERS = re.compile(r"[0-9a-f]{8,}|[0-9]+")


@dataclass(frozen=True, slots=True)
class Glob:
    """Covers a whole path, whatever its case: "/blog/*" all below /blog/, "*/kontakt*" what begins so anywhere."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        return cls(tuple(text.lower().split("*")))

    def matches(self, path: str) -> bool:
        path = path.lower()
        first, *others = self.parts
        if not others:
            return path == first
        *between, last = others
        if not (path.startswith(first) and path.endswith(last)) or len(path) < len(first) + len(last):
            return False
        at, end = len(first), len(path) - len(last)
        for part in between:
            found = path.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


def globs(texts: Iterable[str]) -> tuple[Glob, ...]:
    return tuple(Glob.of(text) for text in texts)


def folded(path: str) -> str:
    """A path without its numbers and hashes: "/calendar/2026/01" and "/calendar/1999/12" are one."""
    return _NUMBERS.sub("0", path.lower())


@dataclass(slots=True)
class Sameness:
    """How many URLs of each pattern there were. A calendar has no last page, but all are of one pattern."""

    alike: Counter[tuple[str, str]] = field(default_factory=Counter)
    queries: Counter[tuple[str, str]] = field(default_factory=Counter)

    def excess(self, *, host: str, path: str, query: str) -> Endless | None:
        """Of what there were enough like it already; counts it where there weren't.

        What has neither numbers nor a query is always new.
        """
        plain = path.lower()
        pattern = folded(path)
        has_numbers = pattern != plain
        if has_numbers and self.alike[(host, pattern)] >= MOST_ALIKE:
            return "alike"
        if query and self.queries[(host, plain)] >= MOST_QUERIES:
            return "queries"
        if has_numbers:
            self.alike[(host, pattern)] += 1
        if query:
            self.queries[(host, plain)] += 1
        return None


@dataclass(slots=True)
class LeftOut:
    """Addresses of a site without end that weren't taken in: of each kind the first, and how many there were."""

    first: dict[Endless, str] = field(default_factory=dict)
    counts: Counter[Endless] = field(default_factory=Counter)

    def add(self, kind: Endless, url: str) -> None:
        self.first.setdefault(kind, url)
        self.counts[kind] += 1

    def told(self) -> Iterator[tuple[str, str]]:
        """An address of each kind, and why it was left out."""
        for kind, url in self.first.items():
            number = self.counts[kind]
            yield url, f"{_SAYS[kind]}{f'; {number:,} such addresses were left out' if number > 1 else ''}."

"""The tree of industries in `industries.txt`, and how an industry as people write it finds its place there. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from prospects.qualification.rubric.words import stem, words

_FILE = Path(__file__).with_name("industries.txt")
_FILLER = frozenset(map(stem, ("industry", "industries", "sector", "company", "and", "the", "of", "other", "general")))
_PARTS = re.compile(r"\s*(?:[;|/>,•]|\s[-\u2013\u2014:]\s)\s*")
# Last words that don't say what a company is: "Medical device manufacturer" is about devices.
_GENERIC = frozenset(
    map(
        stem,
        ("maker", "services", "provider", "supplier", "solutions", "group", "plant", "firm", "operators", "developer"),
    )
)
# What follows these says for whom, not what: "Software for restaurants" is software.
_FOR_WHOM = re.compile(r"\b(?:for|serving)\b.*", re.IGNORECASE)

Key = frozenset[str]


@dataclass(eq=False)
class Industry:
    """A node. `size` counts the nodes of its subtree, itself included."""

    name: str
    aliases: tuple[str, ...]
    related_names: tuple[str, ...]
    parent: "Industry | None"
    size: int = 1
    related: set["Industry"] = field(default_factory=set)

    @property
    def lineage(self) -> "list[Industry]":
        """Itself, its parent, and so on to the root."""
        return [self] + (self.parent.lineage if self.parent else [])

    def is_within(self, other: "Industry") -> bool:
        return other in self.lineage


@dataclass(frozen=True)
class Taxonomy:
    industries: tuple[Industry, ...]
    by_key: dict[Key, Industry]
    by_stem: dict[str, tuple[Key, ...]]

    def find(self, text: str) -> tuple[Industry, ...]:
        """Where a text like "Dairy & Cheese - Manufacturing" belongs; several for a list, none if unrecognised."""
        exact = self.by_key.get(industry_key(text))
        if exact is not None:
            return (exact,)
        parts = [part for part in _PARTS.split(text) if part]
        found = dict.fromkeys(industry for part in parts if (industry := self._main(part)) is not None)
        return tuple(one for one in found if not any(other is not one and other.is_within(one) for other in found))

    def _main(self, text: str) -> Industry | None:
        """Of "retailer of outdoor gear" the retailer, of "distributor of food" the food distributor."""
        whole = self._closest(text)
        trade = text.partition(" of ")[0]
        if trade == text or not set(_telling_stems(trade)) - _GENERIC:
            return whole
        head = self._closest(trade)
        return whole if head is None or (whole is not None and whole.is_within(head)) else head

    def _closest(self, text: str) -> Industry | None:
        """The industry with the longest name whose every word the text has, its main word among them."""
        said = _telling_stems(_FOR_WHOM.sub("", text)) or _telling_stems(text)
        key = frozenset(said)
        if key in self.by_key or not said:
            return self.by_key.get(key)
        heads = said[-2:] if said[-1] in _GENERIC else said[-1:]
        fitting = [candidate for head in heads for candidate in self.by_stem.get(head, ()) if candidate <= key]
        return self.by_key[max(fitting, key=len)] if fitting else None


def industry_key(text: str) -> Key:
    """The set of telling stems: word order, plurals and fillers don't matter."""
    return frozenset(_telling_stems(text))


def _telling_stems(text: str) -> list[str]:
    stems = [stem(word) for word in words(text)]
    return [part for part in stems if part not in _FILLER]


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """The file as a tree. Where two industries claim a name, the one whose own name it is has it, else the first."""
    industries = tuple(_read(_FILE.read_text(encoding="utf-8").splitlines()))
    by_key: dict[Key, Industry] = {}
    for industry in industries:
        by_key.setdefault(industry_key(industry.name), industry)
    for industry in industries:
        for alias in industry.aliases:
            by_key.setdefault(industry_key(alias), industry)
    for industry in industries:
        for name in industry.related_names:
            other = by_key[industry_key(name)]
            industry.related.add(other)
            other.related.add(industry)
    by_stem: dict[str, list[Key]] = {}
    for key in by_key:
        for part in key:
            by_stem.setdefault(part, []).append(key)
    return Taxonomy(industries, by_key, {part: tuple(keys) for part, keys in by_stem.items()})


def _read(lines: list[str]) -> Iterator[Industry]:
    branch: list[Industry] = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        depth = (len(line) - len(line.lstrip(" "))) // 2
        name, _, rest = line.strip().partition(" = ")
        aliases, _, related = rest.partition(" ~ ")
        del branch[depth:]
        industry = Industry(name, _names(aliases), _names(related), branch[-1] if branch else None)
        for ancestor in branch:
            ancestor.size += 1
        branch.append(industry)
        yield industry


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(";") if name.strip())

"""A job title taken apart: how senior, in which departments. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from prospects.qualification.rubric.words import stem, words

_FILE = Path(__file__).with_name("titles.toml")
_LONGEST = 4
_FILLER = frozenset({"of", "the", "and", "for", "at", "global", "regional", "group", "senior", "sr", "us", "corporate"})

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """`rank` is 0 (assistant) to 6 (chief executive), None where it isn't said; `stems` are the telling words."""

    rank: int | None
    departments: frozenset[str]
    is_top: bool
    stems: frozenset[str]


@dataclass(frozen=True)
class _Words:
    ranks: Mapping[Phrase, int]
    departments: Mapping[Phrase, tuple[str, ...]]
    top: frozenset[Phrase]
    kin: Mapping[str, list[str]]


@lru_cache(maxsize=8192)
def parse_title(text: str) -> Title:
    """The highest rank and all departments in a title: “VP of Operations” → 4, {operations}."""
    said = tuple(words(text))
    known = _words()
    phrases = [said[start : start + size] for start in range(len(said)) for size in range(1, _LONGEST + 1)]
    ranks = {phrase: known.ranks[phrase] for phrase in phrases if phrase in known.ranks}
    # "Vice president" isn't a president, nor "assistant manager" a manager.
    outermost = [phrase for phrase in ranks if not any(_contains(longer, phrase) for longer in ranks)]
    rank = max((ranks[phrase] for phrase in outermost), default=None)
    if rank is not None and rank <= 2 and ("assistant",) in ranks:
        rank = max(rank - 1, 0)
    departments = {name for phrase in phrases for name in known.departments.get(phrase, ())}
    is_top = any(phrase in known.top for phrase in outermost)
    return Title(rank, frozenset(departments), is_top, frozenset(stem(word) for word in said if word not in _FILLER))


def are_kin(wanted: frozenset[str], given: frozenset[str]) -> bool:
    """Whether people of the one stand in for people of the other."""
    return any(name in _words().kin.get(other, ()) for other in wanted for name in given)


def _contains(longer: Phrase, phrase: Phrase) -> bool:
    spans = range(len(longer) - len(phrase) + 1)
    return longer != phrase and any(longer[start : start + len(phrase)] == phrase for start in spans)


@lru_cache(maxsize=1)
def _words() -> _Words:
    stated = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    departments: dict[Phrase, tuple[str, ...]] = {}
    for department, names in stated["departments"].items():
        for name in (*names, department):
            phrase = tuple(words(name))
            departments[phrase] = tuple(dict.fromkeys((*departments.get(phrase, ()), department)))
    return _Words(
        ranks={tuple(words(name)): level["rank"] for level in stated["seniority"] for name in level["names"]},
        departments=departments,
        top=frozenset(tuple(words(name)) for name in stated["top"]["names"]),
        kin=stated["kin"],
    )

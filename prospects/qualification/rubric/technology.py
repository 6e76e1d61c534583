"""Does the company use one of the technologies? By its list of technologies, then by what its texts say. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from prospects.icp.criteria import Criterion
from prospects.qualification.rubric.finding import Finding, listed, met, unknown, unmet
from prospects.qualification.rubric.reading import Clause, Reading, on_clause
from prospects.qualification.rubric.words import words

_FILE = Path(__file__).with_name("technologies.toml")

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """The names that count, and the rivals of which a company has one or the other."""

    names: Mapping[Phrase, str]
    rivals: Mapping[Phrase, str]


@dataclass(frozen=True)
class _Category:
    names: frozenset[Phrase]
    products: tuple[Mapping[Phrase, str], ...]
    is_exclusive: bool


def judge_technology(criterion: Criterion, reading: Reading) -> Finding:
    wanted = _wanted(criterion.any_of)
    finding = _by_list(wanted, criterion.any_of, reading)
    return (
        finding
        or _by_texts(wanted, reading)
        or unknown(f"The file doesn't say whether it uses {listed(criterion.any_of)}.")
    )


def _by_list(wanted: Wanted, texts: tuple[str, ...], reading: Reading) -> Finding | None:
    """A list of technologies is rarely complete: what isn't in it is refused only where a rival is."""
    rival = ""
    for entry in reading.facts.technologies:
        said = tuple(words(entry))
        match = _first_within(said, wanted.names)
        if match:
            return reading.on_fact(met(0.95, f"It uses {match}."), "technologies")
        rival = rival or _first_within(said, wanted.rivals)
    if not rival:
        return None
    return reading.on_fact(unmet(0.65, f"It uses {rival}, and rarely {listed(texts)} beside it."), "technologies")


def _by_texts(wanted: Wanted, reading: Reading) -> Finding | None:
    for clause in reading.clauses:
        for at in range(len(clause.words)):
            name = _match_at(clause, at, wanted.names)
            if name and _is_named(name, clause) and not clause.is_hedged(at):
                if clause.is_negated(at):
                    return on_clause(unmet(0.7, f"It says that it doesn't use {name}."), clause)
                return on_clause(met(0.75, f"Its texts name {name}."), clause)
    return None


def _is_named(name: str, clause: Clause) -> bool:
    """Many products bear everyday words ("Sage", "Square", "Plex"): a lone one must be written as the name is."""
    return " " in name or name.islower() or name in clause.text


def _match_at(clause: Clause, at: int, names: Mapping[Phrase, str]) -> str:
    for length in range(min(4, len(clause.words) - at), 0, -1):
        name = names.get(clause.words[at : at + length])
        if name:
            return name
    return ""


def _first_within(said: Phrase, names: Mapping[Phrase, str]) -> str:
    spans = ((start, end) for start in range(len(said)) for end in range(len(said), start, -1))
    return next((names[said[start:end]] for start, end in spans if said[start:end] in names), "")


@lru_cache(maxsize=256)
def _wanted(texts: tuple[str, ...]) -> Wanted:
    names: dict[Phrase, str] = {}
    rivals: dict[Phrase, str] = {}
    for text in texts:
        own, other = _meaning(tuple(words(text)))
        names |= own or {tuple(words(text)): text}
        rivals |= other
    return Wanted({phrase: name for phrase, name in names.items() if phrase}, _without(rivals, names))


def _without(rivals: Mapping[Phrase, str], names: Mapping[Phrase, str]) -> dict[Phrase, str]:
    return {phrase: name for phrase, name in rivals.items() if phrase not in names}


def _meaning(phrase: Phrase) -> tuple[dict[Phrase, str], dict[Phrase, str]]:
    """All names of what the phrase means, and of its rivals; a category means all its products."""
    for category in _categories():
        if phrase in category.names:
            return _merged(category.products) | {phrase: " ".join(phrase)}, {}
        own = [product for product in category.products if phrase in product]
        if own:
            others = [product for product in category.products if phrase not in product]
            return _merged(own), _merged(others) if category.is_exclusive else {}
    return {}, {}


def _merged(products: Sequence[Mapping[Phrase, str]]) -> dict[Phrase, str]:
    return {phrase: name for product in products for phrase, name in product.items()}


@lru_cache(maxsize=1)
def _categories() -> tuple[_Category, ...]:
    stated = tomllib.loads(_FILE.read_text(encoding="utf-8"))["categories"].values()
    return tuple(
        _Category(
            names=frozenset(tuple(words(name)) for name in category["names"]),
            products=tuple({tuple(words(name)): name for name in names} for names in category["products"]),
            is_exclusive=category["exclusive"],
        )
        for category in stated
    )

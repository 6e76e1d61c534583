"""Is the company at the wanted stage, or funded as wanted? By rungs from an idea to a listed company. Pure."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from prospects.icp.criteria import Criterion, Kind
from prospects.qualification.rubric.finding import Finding, any_of, met, unknown, unmet
from prospects.qualification.rubric.reading import Reading
from prospects.qualification.rubric.words import fold

_FILE = Path(__file__).with_name("ladders.toml")
_TOP, _BOTTOM = 9, 0
_OR_LATER = re.compile(r"(\s*\+|\s+(or|and)\s+(later|above|higher|beyond|more))$")
_OR_EARLIER = re.compile(r"\s+(or|and)\s+(earlier|below|lower|less)$|^(up to|at most|before)\s+")
_PUNCTUATION = re.compile(r"[^a-z0-9&+-]+")


@dataclass(frozen=True, slots=True)
class Rung:
    """What a word says: a span of ranks, an owner, a kind of money; None or "" where it says nothing about that."""

    ranks: tuple[int, int] | None = None
    owner: str = ""
    money: str = ""


def judge_ladder(criterion: Criterion, reading: Reading) -> Finding:
    """For the kinds stage and funding; each may be answered by the other's column."""
    facts = reading.facts
    own, other = (facts.stage, facts.funding) if criterion.kind is Kind.STAGE else (facts.funding, facts.stage)
    names = ("stage", "funding") if criterion.kind is Kind.STAGE else ("funding", "stage")
    for stated, fact in zip((own, other), names, strict=True):
        if stated:
            finding = compare(criterion.any_of, stated)
            if finding.confidence or fact == names[1]:
                return reading.on_fact(finding, fact)
    return compare(criterion.any_of, own) if own else unknown(f"The file doesn't give a {criterion.kind}.")


@lru_cache(maxsize=4096)
def compare(wanted: tuple[str, ...], stated: str) -> Finding:
    """What a stage or funding as stated says about the wanted ones."""
    return any_of(_compare(text, stated) for text in wanted)


def _compare(wanted: str, stated: str) -> Finding:
    if _plain(wanted) == _plain(stated):
        return met(0.97, f"It is {stated}.")
    asked, given = rung(wanted), rung(stated)
    if asked is None or given is None:
        return unknown(f"The rubric doesn't know “{wanted if asked is None else stated}” as a stage or funding.")
    if asked.owner and given.owner and asked.owner != given.owner:
        return unmet(0.9, f"{stated} is not {wanted}.")
    if asked.money and given.money and asked.money != given.money:
        return unmet(0.8, f"{stated} is not {wanted}.")
    if asked.ranks and given.ranks:
        return _compare_ranks(asked.ranks, given.ranks, texts=(wanted, stated))
    if asked.ranks is None and _says_all(asked, given):
        return met(0.85, f"{stated} is {wanted}.")
    return unknown(f"{stated} doesn't say whether it is {wanted}.")


def _compare_ranks(asked: tuple[int, int], given: tuple[int, int], *, texts: tuple[str, str]) -> Finding:
    wanted, stated = texts
    if asked[0] <= given[0] and given[1] <= asked[1]:
        return met(0.9, f"{stated} is {wanted}.")
    gap = max(asked[0] - given[1], given[0] - asked[1])
    if gap > 0:
        return unmet(0.75 if gap == 1 else 0.9, f"{stated} is not {wanted}.")
    return unknown(f"{stated} may or may not be {wanted}.")


def _says_all(asked: Rung, given: Rung) -> bool:
    """Whether everything that is asked is also stated."""
    return asked.owner in ("", given.owner) and asked.money in ("", given.money)


@lru_cache(maxsize=1024)
def rung(text: str) -> Rung | None:
    """What a text says: "Series B+", "Growth stage", "Publicly held". None where it isn't recognised."""
    name = _plain(text)
    base = _OR_EARLIER.sub("", _OR_LATER.sub("", name))
    found = _rungs().get(base) or next((_rungs()[part] for part in _parts(base) if part in _rungs()), None)
    if found is None or found.ranks is None:
        return found
    if _OR_LATER.search(name):
        return Rung((found.ranks[0], _TOP))
    if _OR_EARLIER.search(name):
        return Rung((_BOTTOM, found.ranks[1]))
    return found


def _parts(name: str) -> list[str]:
    """Runs of words, long ones first: "series b funding round" holds "series b"."""
    said = name.split()
    spans = [(start, end) for start in range(len(said)) for end in range(start + 1, len(said) + 1)]
    return [" ".join(said[start:end]) for start, end in sorted(spans, key=lambda span: span[0] - span[1])][:60]


@lru_cache(maxsize=1)
def _rungs() -> Mapping[str, Rung]:
    stated = tomllib.loads(_FILE.read_text(encoding="utf-8"))["rung"]
    return {
        _plain(name): Rung(
            (row["rank"][0], row["rank"][1]) if "rank" in row else None, row.get("owner", ""), row.get("money", "")
        )
        for row in stated
        for name in row["names"]
    }


def _plain(text: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", fold(text)).split())

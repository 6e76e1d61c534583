"""Pages with what people say is in them, and how right the rules are about it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from prospects.companies.normalise.domain import domain
from prospects.extraction.extract import extract
from prospects.extraction.fields import FIELDS
from prospects.extraction.found import Asked, Found
from prospects.extraction.keys import value_key
from prospects.pages.parsed import ParsedPage
from prospects.pages.parsing import parse

CORPUS = Path(__file__).parent / "corpus"
# Never looked at while rules are written: what fails here stays.
HELD_OUT = CORPUS / "held_out"
# Told by its parts, each of which is labelled.
_UNLABELLED = frozenset({"address"})
# A page says it in several ways, and any of them will do.
_ANY = frozenset({"description"})


@dataclass(frozen=True)
class Labelled:
    """`values` are by field; a person's label is "name | title"."""

    name: str
    parsed: ParsedPage
    asked: Asked
    values: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Score:
    field: str
    hits: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.wrong) if self.hits + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0


@lru_cache(maxsize=2)
def labelled(folder: Path) -> tuple[Labelled, ...]:
    return tuple(_labelled(path) for path in sorted(folder.glob("*.json")))


def scores(folder: Path) -> Iterator[Score]:
    """Of each field that is labelled or found anywhere, over all of a folder's pages."""
    counted = [_counted(page) for page in labelled(folder)]
    for field in FIELDS:
        hits, wrong, missed = (sum(each.get(field, (0, 0, 0))[n] for each in counted) for n in range(3))
        if hits + wrong + missed:
            yield Score(field, hits, wrong, missed)


def faults(folder: Path) -> list[str]:
    """What is wrong and what is missed, a line each: for whoever writes rules."""
    return [f"{page.name}: {fault}" for page in labelled(folder) for fault in _faults(page)]


def _labelled(path: Path) -> Labelled:
    label = json.loads(path.read_text())
    parsed = parse(path.with_suffix(".html").read_bytes(), url=label["url"])
    return Labelled(path.stem, parsed, Asked(domain=domain(label["url"]) or ""), label["values"])


def _sets(page: Labelled) -> tuple[dict[str, dict[str, Found]], dict[str, dict[str, str]]]:
    found: dict[str, dict[str, Found]] = {}
    for each in extract(page.parsed, page.asked):
        if each.field not in _UNLABELLED:
            found.setdefault(each.field, {})[value_key(each.field, each.value)] = each
    wanted = {
        field: {value_key(field, text.partition(" | ")[0]): text for text in texts}
        for field, texts in page.values.items()
    }
    return found, wanted


def _counted(page: Labelled) -> dict[str, tuple[int, int, int]]:
    found, wanted = _sets(page)
    return {
        field: _compared(field, set(found.get(field, ())), set(wanted.get(field, ())))
        for field in found.keys() | wanted.keys()
    }


def _compared(field: str, found: set[str], wanted: set[str]) -> tuple[int, int, int]:
    hits = len(found & wanted)
    return hits, len(found - wanted), 0 if field in _ANY and hits else len(wanted - found)


def _faults(page: Labelled) -> Iterator[str]:
    found, wanted = _sets(page)
    for field in sorted(found.keys() | wanted.keys()):
        got, want = found.get(field, {}), wanted.get(field, {})
        yield from (f"{field} {got[key].value!r} is wrong" for key in got.keys() - want.keys())
        if not (field in _ANY and got.keys() & want.keys()):
            yield from (f"{field} {want[key]!r} is missed" for key in want.keys() - got.keys())

"""Does the file say that a statement holds? By the words they share, sentence by sentence, minding "not". Pure.

A sentence that has at least three quarters of the statement's telling words (by weight) says it; one that does so
under a negation denies it; a plan or a past leaves it open, and so does half a match.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from prospects.icp.criteria import Criterion
from prospects.qualification.rubric.finding import Finding, met, unknown, unmet
from prospects.qualification.rubric.reading import Clause, Reading, on_clause
from prospects.qualification.rubric.words import stem, stems, words

_SAYS_IT = 0.75
_HINTS_AT_IT = 0.5

_STOP = frozenset(
    {"a", "an", "the", "of", "in", "on", "at", "to", "for", "by", "with", "and", "or", "its", "their", "his", "it"}
    | {"they", "is", "are", "be", "been", "has", "have", "had", "that", "this", "which", "who", "as", "from", "more"}
    | {"than", "least", "any", "some", "all", "most", "very", "our", "we", "own", "company", "companies", "business"}
    | {"currently", "already", "one", "several", "many", "multiple", "does", "do", "not", "no", "never", "without"}
)
# Verbs that carry little: a sentence without them may still say it ("a private refrigerated fleet").
_LIGHT = frozenset(stems("runs uses operates owns offers provides sells makes keeps maintains needs wants works does"))
_LIGHT_WEIGHT = 0.35

# Words that stand for each other here; each group's first stem stands for all.
_GROUPS = (
    "truck trucks trucking fleet lorry vehicle van trailer",
    "refrigerated chilled cold reefer cooled frozen freezer temperature-controlled coldchain",
    "hiring recruiting recruit hire vacancies careers staffing jobs",
    "expand expansion expanding grow growing growth opening",
    "plant factory facility site mill works",
    "warehouse depot",
    "store shop outlet branch location",
    "export international overseas abroad global worldwide",
    "family founder-led family-owned",
    "organic bio",
    "union unionized unionised",
    "compliance regulated regulatory",
    "ecommerce e-commerce online webshop",
    "employees staff workers workforce people personnel",
    "certified certification certificate accredited",
    "acquired acquisition acquire merger",
    "sustainability sustainable renewable",
    "customer client",
    "deliver delivery distribute distribution",
)
# What says the opposite of owning or doing it oneself.
_CONTRARY = frozenset(stems("outsource outsourced outsourcing third-party subcontracted contract 3pl"))
_OWNING = frozenset({"own", "owns", "inhouse", "private", "its", "itself", "directly"})
_YES = frozenset({"yes", "y", "true", "x", "1", "ja", "oui", "si", "✓"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non", "none"})


@dataclass(frozen=True, slots=True)
class Statement:
    """What is to be found: telling stems with their weights; whether it is itself negative, or about owning."""

    text: str
    weights: tuple[tuple[str, float], ...]
    is_negative: bool
    is_own: bool

    @property
    def total(self) -> float:
        return sum(weight for _, weight in self.weights)


def judge_indicator(criterion: Criterion, reading: Reading) -> Finding:
    statements = _statements((criterion.text, *criterion.any_of))
    found = _by_columns(statements, reading) or _by_sentences(statements, reading)
    return found or unknown(f"The file says nothing about: {criterion.text}")


def _by_columns(statements: tuple[Statement, ...], reading: Reading) -> Finding | None:
    """A column that asks the question, like "Own refrigerated trucks" with "yes", "no" or a number."""
    for source, text in reading.texts.items():
        answer = _answer(text)
        if answer is None or not source.startswith("file:"):
            continue
        header = frozenset(map(_same, stems(re.sub(r"[_\W]+", " ", source.removeprefix("file:")))))
        for statement in statements:
            if _share(statement, header) >= _SAYS_IT:
                holds = answer is not statement.is_negative
                note = f"The column {source.removeprefix('file:')} says {text.strip()}."
                return reading.on_source(met(0.9, note) if holds else unmet(0.9, note), source)
    return None


def _answer(text: str) -> bool | None:
    if len(text) > 12:
        return None
    plain = text.strip().lower()
    if plain in _YES or plain in _NO:
        return plain in _YES
    number = plain.replace(",", "").removesuffix("+")
    return int(number) > 0 if number.isascii() and number.isdecimal() else None


def _by_sentences(statements: tuple[Statement, ...], reading: Reading) -> Finding | None:
    """The sentence that says most; a hint is named in the note, but decides nothing."""
    best, best_share, best_statement = None, 0.0, None
    wanted = frozenset(part for statement in statements for part, _ in statement.weights)
    for clause in reading.clauses:
        said = frozenset(map(_same, clause.stems))
        if wanted.isdisjoint(said):
            continue
        for statement in statements:
            share = _share(statement, said)
            if share > best_share:
                best, best_share, best_statement = clause, share, statement
    if best is None or best_statement is None or best_share < _HINTS_AT_IT:
        return None
    if best_share < _SAYS_IT and not _is_contrary(best_statement, best):
        return unknown(f"“{best.text[:120]}” hints at it, but doesn't say it.")
    return _said(best_statement, best, best_share)


def _said(statement: Statement, clause: Clause, share: float) -> Finding:
    places = [at for at, part in enumerate(clause.stems) if _same(part) in dict(statement.weights)]
    if any(clause.is_hedged(at) for at in places):
        return unknown(f"“{clause.text[:120]}” speaks of a plan, a past or a possibility.")
    is_denied = any(clause.is_negated(at) for at in places) or _is_contrary(statement, clause)
    if is_denied is statement.is_negative:
        return on_clause(met(round(min(0.9, 0.45 + 0.45 * share), 2), f"It says so: {statement.text}."), clause)
    return on_clause(unmet(0.7, f"It says the opposite of: {statement.text}."), clause)


def _is_contrary(statement: Statement, clause: Clause) -> bool:
    return statement.is_own and not _CONTRARY.isdisjoint(clause.stems) and _OWNING.isdisjoint(clause.words)


def _share(statement: Statement, said: frozenset[str]) -> float:
    """The part of the statement's weight that is said."""
    return sum(weight for part, weight in statement.weights if part in said) / statement.total


@lru_cache(maxsize=512)
def _statements(texts: tuple[str, ...]) -> tuple[Statement, ...]:
    return tuple(statement for text in texts if (statement := _statement(text)).weights)


def _statement(text: str) -> Statement:
    said = words(text)
    telling = dict.fromkeys(_same(stem(word)) for word in said if word not in _STOP)
    weights = tuple((part, _LIGHT_WEIGHT if part in _LIGHT else 1.0) for part in telling)
    negations = {"not", "no", "never", "without", "lacks", "doesn't", "don't", "isn't"}
    return Statement(text.rstrip("."), weights, not negations.isdisjoint(said), not _OWNING.isdisjoint(said))


def _same(part: str) -> str:
    return _stand_ins().get(part, part)


@lru_cache(maxsize=1)
def _stand_ins() -> dict[str, str]:
    groups: Iterator[list[str]] = ([stem(word) for word in group.split()] for group in _GROUPS)
    return {part: group[0] for group in groups for part in group}

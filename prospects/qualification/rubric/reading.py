"""A dossier as the rubric reads it: facts with the words they stand on, and texts cut into clauses. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from prospects.qualification.rubric.finding import Finding
from prospects.qualification.rubric.words import stem, words
from prospects.qualification.rules.evidence import MAX_QUOTE, Document, Dossier
from prospects.qualification.rules.verdicts import Outcome

MAX_CLAUSES = 200
_CELL = 40

_SENTENCE = re.compile(r"[^.!?;\n\r|•]+(?:\.(?=\w)[^.!?;\n\r|•]*)*[.!?]?")
_CLAUSE_BREAKS = frozenset({"but", "however", "although", "though", "whereas", "while", "yet", "except", "instead"})
_NEGATIONS = frozenset(
    {"not", "no", "never", "without", "cannot", "lacks", "lack", "lacking", "neither", "nor", "none", "stopped"}
    | {"doesn't", "don't", "didn't", "isn't", "aren't", "hasn't", "haven't", "can't", "won't", "wasn't", "rarely"}
    | {"excluding", "avoids", "refuses", "unable", "discontinued", "ceased"}
)
_HEDGES = frozenset(
    {"plans", "planning", "plan", "planned", "considering", "considers", "exploring", "might", "may", "could"}
    | {"formerly", "previously", "hopes", "intends", "evaluating", "used", "wants", "upcoming", "future", "once"}
)
# How many words a negation reaches forward.
_REACH = 6


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence of a document: its words, their stems, and where it stands."""

    source: str
    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]

    def is_negated(self, at: int) -> bool:
        """Whether a negation before word `at` reaches it; "not only" negates nothing."""
        return any(
            self.words[index] in _NEGATIONS and self.words[index + 1 : index + 2] != ("only",)
            for index in self._before(at)
        )

    def is_hedged(self, at: int) -> bool:
        """Whether it is planned, past or only possible."""
        return any(self.words[index] in _HEDGES for index in self._before(at))

    def _before(self, at: int) -> Iterator[int]:
        for index in range(at - 1, max(-1, at - 1 - _REACH), -1):
            if self.words[index] in _CLAUSE_BREAKS:
                return
            yield index


class Reading:
    """A dossier with its texts read once, however many criteria look at them."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.facts = dossier.facts

    @cached_property
    def texts(self) -> dict[str, str]:
        return {document.source: document.text for document in self.dossier.documents}

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The sentences of all documents, in order."""
        found = (clause for document in self.dossier.documents for clause in _clauses_of(document))
        return tuple(clause for clause, _ in zip(found, range(MAX_CLAUSES), strict=False))

    def on_fact(self, finding: Finding, fact: str) -> Finding:
        """The finding with the words of the column or record that states the fact."""
        return self.on_source(finding, self.facts.sources.get(fact, ""))

    def on_source(self, finding: Finding, source: str) -> Finding:
        """The finding with that document's words."""
        quote = self.texts.get(source, "")[:MAX_QUOTE].strip()
        if finding.outcome is Outcome.UNKNOWN or not quote:
            return finding
        return replace(finding, quote=quote, source=source)


def on_clause(finding: Finding, clause: Clause) -> Finding:
    """The finding with the sentence it stands on."""
    return replace(finding, quote=clause.text[:MAX_QUOTE].strip(), source=clause.source)


def _clauses_of(document: Document) -> tuple[Clause, ...]:
    return _of_cell(document) if len(document.text) <= _CELL else _clauses(document)


def _clauses(document: Document) -> tuple[Clause, ...]:
    sentences = ((match[0], tuple(words(match[0]))) for match in _SENTENCE.finditer(document.text))
    return tuple(
        Clause(document.source, text.strip(), said, tuple(map(stem, said))) for text, said in sentences if said
    )


# A column holds the same few cells over and over ("Public", "WI").
_of_cell = lru_cache(maxsize=4096)(_clauses)

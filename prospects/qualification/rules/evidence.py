"""What is known of a company, and whether a quote really stands in it. Pure.

Quotes are compared as readers see them: Unicode compatibility forms, typographic quotes and dashes, case and runs of
white space don't count; what is stored is the text as it stands in the document.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from prospects.qualification.rules.verdicts import Outcome, Verdict, unknown

MIN_QUOTE = 3
MAX_QUOTE = 300

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# What prompts leave out of the documents, so that no quote can have it: controls and variation selectors.
_UNSEEN = [*range(9), *range(0x0B, 0x0D), *range(0x0E, 0x20), *range(0x7F, 0xA0), *range(0xFE00, 0xFE10)]
# Typographic quotes and dashes, by what they are compared as.
_FOLDED = str.maketrans(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2010\u2011\u2012\u2013\u2014\u2212",
    '\'\'\'"""""------',
    "".join(map(chr, [*_UNSEEN, *range(0xE0100, 0xE01F0)])),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A text about a company and where it came from: `file:<header>`, `record:<field>`, `page:<URL>`."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A company's normalised fields. "" and None mean the file is silent; `sources` names each field's document.

    Employees in people and revenue in whole US dollars are ranges, open where None; `country` is ISO alpha-2.
    """

    industry: str = ""
    description: str = ""
    employees_min: int | None = None
    employees_max: int | None = None
    revenue_min: int | None = None
    revenue_max: int | None = None
    stage: str = ""
    funding: str = ""
    technologies: tuple[str, ...] = ()
    founded_year: int | None = None
    city: str = ""
    region: str = ""
    country: str = ""
    person_title: str = ""
    sources: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a qualifier may look at for one prospect."""

    name: str
    domain: str = ""
    facts: Facts = Facts()
    documents: tuple[Document, ...] = ()

    def text_of(self, source: str) -> str:
        """The document of that source, or ""."""
        return next((document.text for document in self.documents if document.source == source), "")


@dataclass(frozen=True, slots=True)
class Match:
    """Where a quote was found, and the words as they stand there."""

    source: str
    text: str


def verify_quote(quote: str, documents: Sequence[Document]) -> Match | None:
    """The first document that holds the quote verbatim as whole words, or None.

    A quote of fewer than 3 letters and digits counts only where it is the document's whole text ("IL").
    """
    wanted = _folded(quote)[0].strip(' "')
    length = sum(char.isalnum() for char in wanted)
    for document in documents if length else ():
        found = _find(wanted, document.text)
        if found and (length >= MIN_QUOTE or len(found) == len(document.text.strip())):
            return Match(document.source, found)
    return None


def with_evidence(verdict: Verdict, documents: Sequence[Document]) -> Verdict:
    """The verdict with its quote as it stands in the documents; unknown where the quote isn't there.

    The document that the verdict names is searched first, and its `source` is corrected to where the quote is.
    """
    if verdict.outcome is Outcome.UNKNOWN:
        return unknown(verdict, note=verdict.note)
    match = verify_quote(verdict.quote, sorted(documents, key=lambda document: document.source != verdict.source))
    if match is None:
        reason = "gave no quote" if not verdict.quote.strip() else "its quote isn't in the documents or is too short"
        return unknown(verdict, note=f"Judged {verdict.outcome}, but {reason}, so it doesn't count.")
    confidence = min(1.0, max(0.0, verdict.confidence))
    return replace(verdict, quote=match.text[:MAX_QUOTE], source=match.source, confidence=confidence)


def _find(wanted: str, text: str) -> str | None:
    folded, origins = _folded(text)
    start = folded.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not _splits_word(folded, start) and not _splits_word(folded, end):
            return text[origins[start] : origins[end - 1] + 1]
        start = folded.find(wanted, start + 1)
    return None


def _splits_word(text: str, at: int) -> bool:
    """Whether a cut before `at` parts letters or digits: "met" is no quote from "metal", nor "50" from "500"."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


# A document is searched for every quote of a prospect, and folding it is the slow part.
@lru_cache(maxsize=128)
def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text as compared, and for each of its characters the index it came from in the original."""
    if text.isascii() and "  " not in text and not _CONTROL.search(text):
        return text.lower(), range(len(text))
    folded: list[str] = []
    origins: list[int] = []
    for index, char in enumerate(text):
        # Decomposed, since a composed form can't be told from one character at a time.
        for piece in unicodedata.normalize("NFKD", char).translate(_FOLDED).casefold():
            if unicodedata.category(piece) == "Cf" or (piece.isspace() and folded[-1:] == [" "]):
                continue
            folded.append(" " if piece.isspace() else piece)
            origins.append(index)
    return "".join(folded), origins

"""What is extracted while a site is crawled, so that the crawl can stop when it has brought enough."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from prospects.crawl.plan import CrawledPage
from prospects.extraction.consolidate import consolidate
from prospects.extraction.extract import extract
from prospects.extraction.found import Asked, Found, Value
from prospects.extraction.modes import Mode
from prospects.pages.parsed import ParsedPage, SiteDocument, StoredText
from prospects.pages.parsing import reread

# What the LLM is shown of a site, in characters: about 3,000 tokens.
MOST_DOCUMENTS = 8
EACH_DOCUMENT = 4_000
ALL_DOCUMENTS = 12_000
# Of pages, those that say most of a company.
_TELLING = ("home", "about", "imprint", "contact", "team", "pricing", "careers", "product", "news", "other")


@dataclass(slots=True)
class Gathering:
    """The pages of one site, and what they say. `enough` is told of each page as it comes."""

    asked: Asked
    mode: Mode
    pages: dict[str, CrawledPage] = field(default_factory=dict)
    _found: dict[UUID, list[Found]] = field(default_factory=dict)
    # What the LLM may be shown of a text; all of it would be megabytes for a site.
    _beginnings: dict[UUID, str] = field(default_factory=dict)

    def enough(self, page: CrawledPage) -> bool:
        """Whether every field that the mode needs has a value now. What the store has is not looked at."""
        if page.parsed is not None:
            self._extract(page.parsed, page.hash)
        self.pages[page.url] = replace(page, parsed=None)
        needed = self.mode.needed
        return bool(needed) and needed <= {one.field for found in self._found.values() for one in found}

    def take(self, pages: Iterable[CrawledPage]) -> None:
        """The crawl's own list, which has also those that nobody was told of."""
        for page in pages:
            if page.url not in self.pages:
                self.enough(page)

    @property
    def unread(self) -> list[UUID]:
        """The texts that the store has and that weren't read here."""
        return sorted({page.hash for page in self.pages.values()} - self._found.keys())

    def read(self, texts: Mapping[UUID, StoredText]) -> None:
        """Extract from the store's texts as when they were fetched."""
        for page in self.pages.values():
            if page.hash in texts and page.hash not in self._found:
                self._extract(reread(texts[page.hash], url=page.url), page.hash)

    @property
    def evidence_hash(self) -> str:
        """SHA-256 of the texts and of what was looked for in them: unchanged, extraction would find the same."""
        digest = hashlib.sha256("\x1f".join([*sorted(self.asked.fields), self.asked.name, self.asked.country]).encode())
        for hash_ in sorted({page.hash for page in self.pages.values()}):
            digest.update(hash_.bytes)
        return digest.hexdigest()

    def values(self) -> list[Value]:
        """Over all pages, those that agree counted together."""
        return consolidate(self._all_found(), self.asked)

    def documents(self) -> list[SiteDocument]:
        """What the LLM is shown: the beginnings of the pages that say most, the best first."""
        shown: list[SiteDocument] = []
        left = ALL_DOCUMENTS
        for page in sorted(self.pages.values(), key=lambda page: (_rank(page.kind), page.url)):
            if page.hash in self._beginnings and left > 0 and len(shown) < MOST_DOCUMENTS:
                text = self._beginnings[page.hash][:left]
                left -= len(text)
                shown.append(SiteDocument(page.url, page.kind, page.fetched_at, text, page.hash))
        return shown

    def _extract(self, parsed: ParsedPage, hash_: UUID) -> None:
        if hash_ not in self._found:
            self._found[hash_] = extract(parsed, self.asked)
            document = parsed.document
            self._beginnings[hash_] = document.text[: min(document.visible_length, EACH_DOCUMENT)]

    def _all_found(self) -> Iterator[tuple[str, UUID, datetime, Found]]:
        for page in self.pages.values():
            for one in self._found.get(page.hash, ()):
                yield page.url, page.hash, page.fetched_at, one


def _rank(kind: str) -> int:
    return _TELLING.index(kind) if kind in _TELLING else len(_TELLING)

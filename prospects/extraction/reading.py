"""A page, laid out for the rules: its lines, what its appendix says, and which parts speak of others. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress
from typing import NamedTuple

from prospects.companies.normalise.domain import domain
from prospects.extraction.found import Asked
from prospects.pages.parsed import Document, ParsedPage

# Looked at, however long a page is: longer lines and more of them say nothing of a company that fewer don't.
MOST_LINES = 4_000
MOST_SAID = 1_000
_MOST_VISIBLE = 100_000
_LONGEST_HEADING = 90

# Each begins with a single class of characters: the search for that is several times as fast.
_WORD = re.compile(r"[^\W\d_][^\W\d_]*")
_DIGITS = re.compile(r"\d\d*")
# The words with which _FOREIGN begins.
_FOREIGN_WORDS = frozenset(
    """
    hosting hosted hébergeur hebergeur hébergement hebergement web webdesign design designed realisierung umsetzung
    gestaltung website site conception réalisation realisation registrar supervisory aufsichtsbehörde
    schlichtungsstelle projekt realizacja realizzazione diseño diseno données donnees datenschutzbeauftragte
    datenschutzbeauftragter testimonial testimonials what kundenstimmen referenzen témoignages temoignages opiniones
    clientes case our media useful bildnachweis dicono wat opinie webbyrå webbyra webbureau tvorba verkkosivut nos
    nuestros nostri ils mitglied zuständige regulated bar google meta facebook microsoft amazon unsere press
    desenvolvido desarrollado wykonanie cnil berufshaftpflichtversicherung berufshaftpflicht versicherers
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
# Asked of text in lower case: without regard to case it would take several times as long.
_FOREIGN = re.compile(
    r"\b(?:host(?:ing|ed by)|h[ée]bergeur|h[ée]bergement|web ?design|design(?:ed)? by|realisierung|umsetzung"
    r"|gestaltung"
    r"|website by|site by|site web (?:par|r[ée]alis)|conception(?: du site| et r)|r[ée]alisation du site"
    r"|registrar\b|supervisory authority"
    r"|aufsichtsbeh[öo]rde|schlichtungsstelle|projekt(?: i wykonanie)?:|realizacja|realizzazione|dise[ñn]o web"
    r"|donn[ée]es personnelles|datenschutzbeauftragte|testimonial|what (?:our )?(?:clients|customers|people) say"
    r"|kundenstimmen|referenzen|t[ée]moignages|opiniones|clientes dicen|case stud|our (?:clients|customers"
    r"|partners)\b"
    r"|nos (?:clients|partenaires)\b|nuestros clientes|(?:i )?nostri clienti|ils parlent de nous|mitglied der"
    r"|zuständige kammer"
    r"|regulated by|bar association|google (?:llc|ireland|inc)|meta platforms|facebook ireland|microsoft corp"
    r"|amazon (?:web|europe)"
    r"|unsere (?:kunden|partner)\b|media partners|useful links|bildnachweis"
    r"|dicono di noi|wat klanten zeggen|opinie klient|webbyr[åa]|webbureau|tvorba webu|verkkosivut"
    r"|desenvolvido por|desarrollado por|wykonanie|cnil\b|berufshaftpflicht|versicherers?:|our (?:carriers"
    r"|suppliers|vendors|brands)\b)"
)


class Said(NamedTuple):
    """A piece of the text: `text` stands at `start`. A tuple, since a page has hundreds."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Leading(NamedTuple):
    """A link of the appendix; `line` is all of it."""

    href: str
    text: str
    rel: str
    line: Said

    @property
    def span(self) -> tuple[int, int]:
        """Where its address stands."""
        at = self.line.text.find(self.href)
        return self.line.start + at, self.line.start + at + len(self.href)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that aren't empty, and where each begins."""

    texts: Sequence[str]
    starts: Sequence[int]

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, number: int) -> Said:
        return Said(self.texts[number], self.starts[number])

    def __iter__(self) -> Iterator[Said]:
        return map(Said, self.texts, self.starts)

    def at(self, offset: int) -> int:
        """The number of the line at an offset of the visible text."""
        return bisect_right(self.starts, offset) - 1


@dataclass(frozen=True, slots=True)
class Appendix:
    """What only the markup says, by what kind of line says it."""

    metas: Mapping[str, Said]
    links: Sequence[Leading]
    scripts: Sequence[Said]
    inlines: Sequence[Said]
    title: Said | None


@dataclass(frozen=True, slots=True)
class Reading:
    """`visible` is what readers see, `lower` the same in lower case, of the same length, and `words` its words.

    `numbers` are the spans of its digits that stand together, `foreign` its spans that speak of other companies, both
    in order.
    """

    page: ParsedPage
    asked: Asked
    site: str
    visible: str
    lower: str
    words: frozenset[str]
    numbers: Sequence[tuple[int, int]]
    lines: Lines
    appendix: Appendix
    foreign: Sequence[tuple[int, int]]

    @property
    def document(self) -> Document:
        return self.page.document

    @property
    def text(self) -> str:
        return self.page.document.text

    def is_foreign(self, at: int) -> bool:
        """Whether this place speaks of somebody else: who made the site, hosts it, or is its customer."""
        place = bisect_right(self.foreign, (at, len(self.text) + 1)) - 1
        return place >= 0 and at < self.foreign[place][1]

    def locate(self, value: str, within: tuple[int, int]) -> tuple[int, int]:
        """Where `value` stands between two offsets; all that is between where it is written otherwise there."""
        at = self.text.find(value, *within) if value else -1
        return (at, at + len(value)) if at >= 0 else within


def read(page: ParsedPage, asked: Asked) -> Reading:
    document = page.document
    visible = document.text[: min(document.visible_length, _MOST_VISIBLE)]
    lower = _lower(visible)
    words = _words(lower)
    return Reading(
        page=page,
        asked=asked,
        site=asked.domain or domain(page.url) or "",
        visible=visible,
        lower=lower,
        words=words,
        numbers=[found.span() for found in _DIGITS.finditer(visible)],
        lines=_lines(visible),
        appendix=_appendix(document),
        foreign=_foreign(page, lower, words),
    )


def _lower(visible: str) -> str:
    """In lower case, each character still at its offset: "İ" would become two."""
    lower = visible.lower()
    return lower if len(lower) == len(visible) else "".join(c.lower() if len(c.lower()) == 1 else c for c in visible)


def _words(lower: str) -> frozenset[str]:
    """Of what stands between spaces most is repeated, and most of the rest is a word as it stands."""
    parts = set(lower.split())
    mixed = [part for part in parts if not part.isalpha()]
    return frozenset(parts.difference(mixed).union(_WORD.findall(" ".join(mixed))))


def _lines(visible: str) -> Lines:
    texts = visible.split("\n", MOST_LINES)[:MOST_LINES]
    starts = list(accumulate([len(text) + 1 for text in texts[:-1]], initial=0))
    if "" in texts:
        starts = list(compress(starts, texts))
        texts = list(filter(None, texts))
    return Lines(texts, starts)


def _appendix(document: Document) -> Appendix:
    metas: dict[str, Said] = {}
    links: list[Leading] = []
    kept: dict[str, list[Said]] = {"script": [], "inline": [], "title": []}
    at = document.visible_length
    for line in document.text[document.visible_length :].split("\n", MOST_SAID)[:MOST_SAID]:
        kind, _, rest = line.partition(" ")
        start = at + len(kind) + 1
        if kind == "meta":
            name, _, content = rest.partition(": ")
            metas.setdefault(name.lower(), Said(content, start + len(name) + 2))
        elif kind == "link":
            links.append(_link(Said(rest, start)))
        elif kind in kept:
            kept[kind].append(Said(rest, start))
        at += len(line) + 1
    title = kept["title"][0] if kept["title"] else None
    return Appendix(metas, links, kept["script"], kept["inline"], title)


def _link(line: Said) -> Leading:
    """ "<rel> <href> | <text>"; the rel may be of several words, or none."""
    address, _, text = line.text.partition(" | ")
    rel, _, href = address.rpartition(" ")
    return Leading(href, text, rel, line)


def _foreign(page: ParsedPage, lower: str, words: frozenset[str]) -> list[tuple[int, int]]:
    """From a heading that names others to the next heading; elsewhere from where they are named to the line's end."""
    named = {found for word in words & _FOREIGN_WORDS for found in _named(lower, word)}
    if not named:
        return []
    headings = sorted((block.start, block.end) for block in page.blocks if block.kind == "heading")
    starts = [start for start, _ in headings]
    # A page's last footer is its own again, whatever stands above it.
    last = max((block.start for block in page.blocks if block.kind == "footer"), default=len(lower))
    spans: list[tuple[int, int]] = []
    for at in sorted(named):
        if spans and at < spans[-1][1]:
            continue
        place = bisect_right(starts, at) - 1
        if place >= 0 and at < headings[place][1] and headings[place][1] - starts[place] <= _LONGEST_HEADING:
            end = starts[place + 1] if place + 1 < len(starts) else len(lower)
            spans.append((starts[place], min(end, last) if starts[place] < last else end))
        else:
            end = lower.find("\n", at)
            spans.append((at, end if end >= 0 else len(lower)))
    return spans


def _named(lower: str, word: str) -> Iterator[int]:
    at = lower.find(word)
    while at >= 0:
        if not lower[at - 1 : at].isalpha() and _FOREIGN.match(lower, at):
            yield at
        at = lower.find(word, at + len(word))

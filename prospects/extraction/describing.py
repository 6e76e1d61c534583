"""What a page says of its company in a sentence or a word: description, industry, language. Pure."""

import re
from collections.abc import Iterator

from prospects.extraction.anchors import places
from prospects.extraction.found import Found
from prospects.extraction.reading import Reading, Said

_LEAST, _MOST = 20, 1000
_INDUSTRY = re.compile(
    r"^(?:industry|sector|branche|industrie|secteur(?: d['’]activité)?|sector de actividad|settore|bransch"
    r"|toimiala|branża|業種)\s?[:\t：]\s?([^\n\t|;]{3,60})$",
    re.IGNORECASE | re.MULTILINE,
)
_INDUSTRY_WORDS = frozenset(
    {"industry", "sector", "branche", "industrie", "secteur", "settore", "bransch", "toimiala", "branża"}
)
_DESCRIPTIONS = (
    ("description", 85, "text"),
    ("og:description", 84, "open_graph"),
    ("twitter:description", 70, "open_graph"),
)


def descriptions(reading: Reading) -> Iterator[Found]:
    for name, confidence, method in _DESCRIPTIONS:
        said = reading.appendix.metas.get(name)
        if said and _LEAST <= len(said.text.strip()) <= _MOST:
            start = said.start + len(said.text) - len(said.text.lstrip())
            text = said.text.strip()
            yield Found("description", " ".join(text.split()), confidence, method, start, start + len(text))


def industries(reading: Reading) -> Iterator[Found]:
    for at in places(reading, _INDUSTRY_WORDS, ("業種",)):
        if match := _INDUSTRY.match(reading.visible, at):
            yield Found("industry", match[1].strip(), 75, "text", *match.span(1))


def language(reading: Reading) -> Iterator[Found]:
    """The page's language, with the first line that is written in it."""
    first = next((line for line in reading.lines if line.text.strip()), None) or _title(reading)
    if (code := reading.document.language) and first:
        yield Found(
            "language", code.partition("-")[0].lower(), 90, "text", first.start, min(first.end, first.start + 200)
        )


def _title(reading: Reading) -> Said | None:
    return reading.appendix.title if reading.appendix.title and reading.appendix.title.text else None

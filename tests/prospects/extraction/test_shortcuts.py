"""What is looked for only where it can be is what would be found by looking everywhere."""

import re
from collections.abc import Iterable
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.extraction import heads, phones, reading, registers
from prospects.extraction.found import Asked
from prospects.pages.parsed import Document, ParsedPage

PIECES = (
    *"0123456789", *" +-/.,()@\n\t_x", "00", "\u00a0", "tel ", "DE", "ATU", "NL", "SE", "B01", "Aa", "İ", "²",
    "employees", "Mitarbeiter", " 30 901820", "+49 (0) 30 901820", "1998", "12.", "1 234", "SE 556677889901",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def read(text: str) -> reading.Reading:
    return reading.read(ParsedPage("https://acme.de/", Document(text, len(text), UUID(int=1))), Asked(domain="acme.de"))


@settings(max_examples=300)
@given(TEXTS)
def test_numbers_are_those_of_the_whole_text(text: str) -> None:
    page = read(text)

    assert _spans(phones._numbers(page)) == _spans(phones._NUMBER.finditer(text))
    assert _spans(registers._prefixed(page)) == _spans(registers._PREFIXED.finditer(text))
    whole = 0, len(text)
    assert _spans(heads._numbered(page, heads._HEADS, whole)) == _spans(heads._HEADS.finditer(page.lower, *whole))


@settings(max_examples=300)
@given(TEXTS)
def test_words_and_lines_are_those_of_the_whole_text(text: str) -> None:
    page = read(text)

    assert page.words == set(re.findall(r"[^\W\d_]+", page.lower))
    assert [line.text for line in page.lines] == [line for line in text.split("\n") if line]
    assert all(text.startswith(line.text, line.start) for line in page.lines)
    assert [page.lines.at(line.start) for line in page.lines] == list(range(len(page.lines)))


def _spans(matches: Iterable[re.Match[str]]) -> list[tuple[int, int]]:
    return [match.span() for match in matches]

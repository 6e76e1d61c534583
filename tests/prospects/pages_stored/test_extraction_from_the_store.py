"""What is extracted from a stored text is what was extracted when the page was read: no fetch is needed again."""

import json
from pathlib import Path

import pytest

from prospects.extraction.extract import extract
from prospects.extraction.found import Asked
from prospects.pages.parsed import StoredText
from prospects.pages.parsing import parse, reread
from prospects.pages.texts import packed, unpacked

CORPUS = Path(__file__).parents[1] / "extraction" / "corpus"
PAGES = sorted(CORPUS.glob("*.html"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_stored_text_says_what_the_page_said(path: Path) -> None:
    url = json.loads(path.with_suffix(".json").read_text())["url"]
    asked = Asked(domain=url.split("/")[2].removeprefix("www."))
    page = parse(path.read_bytes(), url=url)
    document = page.document

    stored = StoredText(
        document.hash, unpacked(packed(document.text)), document.visible_length, document.language, page.blocks
    )
    again = reread(stored, url=url)

    assert again.document == document
    assert extract(again, asked) == extract(page, asked) != []


def test_there_is_a_corpus() -> None:
    assert len(PAGES) >= 30

"""How right the rules are on labelled pages, and that each value stands where it says."""

import pytest

from prospects.extraction.extract import LEAST_CONFIDENCE, extract
from prospects.extraction.fields import FIELDS
from prospects.extraction.found import METHODS
from tests.prospects.extraction.labelled import CORPUS, HELD_OUT, Labelled, faults, labelled, scores

PAGES = [*labelled(CORPUS), *labelled(HELD_OUT)]
HELD_TO = (
    "name",
    "legal_name",
    "email",
    "phone",
    "social",
    "person",
    "street",
    "city",
    "region",
    "postal_code",
    "country",
)


def test_there_are_enough_pages_in_enough_languages() -> None:
    languages = {language for page in PAGES for language in page.values.get("language", ())}

    assert len(labelled(CORPUS)) >= 30
    assert len(labelled(HELD_OUT)) == 22
    assert len(languages) >= 8


@pytest.mark.parametrize("field", HELD_TO)
def test_a_field_is_right_and_found(field: str) -> None:
    score = next(score for score in scores(CORPUS) if score.field == field)

    assert score.precision >= 0.95, faults(CORPUS)
    assert score.recall >= 0.85, faults(CORPUS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_value_has_its_quote(page: Labelled) -> None:
    text = page.parsed.document.text

    for found in extract(page.parsed, page.asked):
        assert 0 <= found.start < found.end <= len(text), found
        assert LEAST_CONFIDENCE <= found.confidence <= 100, found
        assert found.method in METHODS
        assert found.value == found.value.strip() != ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_field_that_a_company_has_once_has_one_value(page: Labelled) -> None:
    fields = [found.field for found in extract(page.parsed, page.asked)]

    assert [field for field in set(fields) if not FIELDS[field].is_many and fields.count(field) > 1] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_written_out_is_what_is_quoted(page: Labelled) -> None:
    """Names, towns and amounts stand in the text letter by letter; only white space may differ."""
    text = page.parsed.document.text

    for found in extract(page.parsed, page.asked):
        if found.field in ("city", "street", "person", "revenue", "legal_name") and found.method == "text":
            quote = text[found.start : found.end]
            assert " ".join(found.value.split()) in " ".join(quote.split()), found

"""A quote counts only where its words stand in a document; without them a verdict falls to unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.qualification.rules.evidence import Document, Match, verify_quote, with_evidence
from prospects.qualification.rules.verdicts import Outcome, Verdict

PAGE = Document("https://example.com/", "We run our\n  own “refrigerated” trucks — 35 of them — from Zürich to Basel.")
STATE = Document("file:State", "IL")
SIZE = Document("file:Employees", "1,500-2,000")
HIDING = Document("file:About", "We freeze\x07 pe\ufe01as\U000e0154 in Peoria.")
DOCUMENTS = (STATE, SIZE, PAGE, HIDING)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("We run our own", Match(PAGE.source, "We run our\n  own")),
        ('own "refrigerated" trucks', Match(PAGE.source, "own “refrigerated” trucks")),
        ("WE RUN OUR OWN", Match(PAGE.source, "We run our\n  own")),
        ("trucks - 35 of them", Match(PAGE.source, "trucks — 35 of them")),
        ("from Zu\u0308rich", Match(PAGE.source, "from Zürich")),
        ("“own “refrigerated” trucks”", Match(PAGE.source, "own “refrigerated” trucks")),
        ("We freeze peas in Peoria", Match(HIDING.source, "We freeze\x07 pe\ufe01as\U000e0154 in Peoria")),
        ("IL", Match(STATE.source, "IL")),
        ("1,500-2,000", Match(SIZE.source, "1,500-2,000")),
        ("1,500\u20132,000", Match(SIZE.source, "1,500-2,000")),
    ],
)
def test_a_quote_is_found_as_readers_see_it(quote: str, found: Match) -> None:
    assert verify_quote(quote, DOCUMENTS) == found


@pytest.mark.parametrize(
    "quote",
    ["", "  ", "…", '""', "35", "we", "We ran our own", "efrigerated", "1,500-2,00", "cold trucks"],
)  # fmt: skip
def test_what_is_short_changed_or_cut_within_a_word_is_not_found(quote: str) -> None:
    assert verify_quote(quote, DOCUMENTS) is None


def test_a_verdict_keeps_its_claim_with_the_words_as_they_stand() -> None:
    claimed = Verdict("a", Outcome.MET, confidence=1.7, quote="we run OUR own", source="file:Wrong", note="Trucks.")

    assert with_evidence(claimed, DOCUMENTS) == Verdict(
        "a", Outcome.MET, confidence=1.0, quote="We run our\n  own", source=PAGE.source, note="Trucks."
    )


@pytest.mark.parametrize("outcome", [Outcome.MET, Outcome.UNMET])
@pytest.mark.parametrize(
    ("quote", "why"), [("", "gave no quote"), ("We fly drones", "its quote isn't in the documents or is too short")]
)
def test_a_verdict_without_its_words_falls_to_unknown(outcome: Outcome, quote: str, why: str) -> None:
    claimed = Verdict("a", outcome, confidence=0.9, quote=quote, source=PAGE.source)

    assert with_evidence(claimed, DOCUMENTS) == Verdict(
        "a", Outcome.UNKNOWN, note=f"Judged {outcome}, but {why}, so it doesn't count."
    )


def test_an_unknown_verdict_has_no_quote() -> None:
    claimed = Verdict("a", Outcome.UNKNOWN, confidence=0.4, quote="We run our own", note="Silent.")

    assert with_evidence(claimed, DOCUMENTS) == Verdict("a", Outcome.UNKNOWN, note="Silent.")


def test_of_equal_words_the_named_document_is_taken() -> None:
    documents = (Document("file:A", "frozen pizza"), Document("file:B", "frozen pizza"))
    claimed = Verdict("a", Outcome.MET, quote="frozen pizza", source="file:B")

    assert with_evidence(claimed, documents).source == "file:B"


@given(st.text(min_size=1, max_size=200), st.data())
def test_whatever_is_found_stands_in_the_document(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]
    match = verify_quote(quote, [Document("page", text)])

    assert match is None or match.text in text


@given(
    st.lists(
        st.sampled_from(["cold", "Straße", "ﬁne", "İstanbul", "e\u0301cole", "50", "—", "\u200btruck"]),
        min_size=2,
        max_size=8,
    )
)
def test_whole_words_of_a_document_are_always_found(said: list[str]) -> None:
    document = Document("page", "  ".join(["begin", *said, "end"]))

    assert verify_quote(" ".join(["begin", *said]), [document]) is not None

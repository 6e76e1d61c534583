"""The rubric against labelled cases: each as a person would judge, and every verdict with words that are there."""

import pytest

from prospects.qualification.rules.evidence import verify_quote
from tests.prospects.qualification.rubric.cases import CASES, Case, dossier_of, verdict_on


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_judged_as_labelled(case: Case) -> None:
    verdict = verdict_on(case)

    assert verdict.outcome == case.expected, verdict.note


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_decided_verdict_quotes_words_that_stand_in_the_named_document(case: Case) -> None:
    verdict = verdict_on(case)

    if case.expected == "unknown":
        assert (verdict.quote, verdict.source, verdict.confidence) == ("", "", 0.0)
    else:
        assert verdict.quote in dossier_of(case.file).text_of(verdict.source)
        assert verify_quote(verdict.quote, dossier_of(case.file).documents) is not None
        assert 0.5 <= verdict.confidence <= 1.0
    assert verdict.note

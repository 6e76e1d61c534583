"""Verdicts are stored with what their criterion was, one for each, in the profile's order."""

from prospects.qualification.rules.verdicts import Outcome, Verdict, complete, from_json, to_json
from tests.prospects.qualification.rules.criteria import criterion, verdict

CRITERIA = [criterion("a", 40, must=True), criterion("b")]


def test_a_stored_verdict_names_its_criterion() -> None:
    stored = to_json([verdict("a", "met", quote="IL", source="file:State")], [CRITERIA[0]])

    assert stored == [
        {"criterion": "a", "label": "A", "kind": "indicator", "weight": 40, "must": True, "outcome": "met",
         "confidence": 0.9, "quote": "IL", "source": "file:State", "note": ""}
    ]  # fmt: skip


def test_verdicts_read_back_as_they_were() -> None:
    judged = (verdict("a", "met", quote="IL", source="file:State"), verdict("b", "unmet"))

    assert from_json(to_json(judged, CRITERIA)) == judged


def test_missing_verdicts_are_unknown_and_strangers_and_repeats_are_dropped() -> None:
    judged = [verdict("b", "met"), verdict("z", "met"), verdict("b", "unmet")]

    assert complete(judged, CRITERIA) == (Verdict("a", Outcome.UNKNOWN, note="Not judged."), verdict("b", "met"))

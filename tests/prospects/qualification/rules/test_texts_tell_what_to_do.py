"""Gaps, reasoning and recommendation are sentences that a sales person can act on."""

# A row of a table stays a line.
# ruff: noqa: E501

import pytest

from prospects.icp.criteria import Criterion, Kind
from prospects.qualification.rules import summary
from prospects.qualification.rules.verdicts import Outcome, Verdict
from tests.prospects.qualification.rules.criteria import criterion, verdict, verdicts

INDUSTRY = Criterion("industry", Kind.INDUSTRY, "Industry: Dairy", weight=40, must=True, any_of=("Dairy",))
REGION = Criterion("region", Kind.REGION, "Region: Ohio", weight=30, any_of=("Ohio",))
TRUCKS = Criterion("trucks", Kind.INDICATOR, "Runs its own trucks", weight=30, text="Runs its own trucks")
CRITERIA = [TRUCKS, REGION, INDUSTRY]


def judged(industry: str, region: str, trucks: str) -> list[Verdict]:
    return [
        verdict("industry", industry, quote="Cheese", source="file:Industry") if industry == "met" else verdict("industry", industry),
        verdict("region", region),
        verdict("trucks", trucks),
    ]  # fmt: skip


def test_gaps_name_what_is_against_or_unknown_with_musts_and_heavy_ones_first() -> None:
    assert summary.gaps(judged("unknown", "unmet", "unknown"), CRITERIA) == [
        "Unknown: Industry: Dairy (must)",
        "Unknown: Runs its own trucks",
        "Not met: Region: Ohio",
    ]


def test_a_perfect_company_has_no_gaps() -> None:
    assert summary.gaps(judged("met", "met", "met"), CRITERIA) == []


def test_reasoning_names_the_evidence_the_objections_and_the_cap() -> None:
    text = summary.reasoning(judged("unmet", "unknown", "met"), CRITERIA)

    assert text == (
        "Fits: Runs its own trucks. Against: Industry: Dairy. Not known: Region: Ohio. "
        "The score is capped at 39, since a must isn't met: Industry: Dairy. "
        "70 % of the profile's weight is decided by evidence."
    )


def test_reasoning_quotes_the_file() -> None:
    assert "Industry: Dairy (“Cheese”)" in summary.reasoning(judged("met", "met", "met"), CRITERIA)


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [
        (("met", "met", "met"), "Call now: it fits the profile in nearly everything. Open with what fits: Industry: Dairy; Runs its own trucks."),
        (("met", "unknown", "met"), "Call now: it fits the profile in nearly everything. Open with what fits: Industry: Dairy; Runs its own trucks. Ask on the first call: where their sites are (Region: Ohio)."),
        (("met", "unmet", "met"), "Call this week: it fits well, with points to settle. Open with what fits: Industry: Dairy; Runs its own trucks."),
        (("met", "unmet", "unknown"), "Qualify by a short call or e-mail before investing time. Open with what fits: Industry: Dairy. Ask on the first call: is it true of them that “Runs its own trucks”."),
        (("unknown", "unknown", "unknown"), "Find out more before you call: the file says too little to judge. Ask on the first call: what they make or sell, and to whom (Industry: Dairy, since it is a must); is it true of them that “Runs its own trucks”; where their sites are (Region: Ohio)."),
        (("unmet", "met", "met"), "Leave it out: it misses what the profile demands (Industry: Dairy)."),
        (("unknown", "unmet", "unmet"), "Put it aside: too little fits (Runs its own trucks; Region: Ohio). Come back if that changes."),
    ],
)  # fmt: skip
def test_the_recommendation_says_what_to_do_and_what_to_ask(outcomes: tuple[str, str, str], text: str) -> None:
    assert summary.recommendation(judged(*outcomes), CRITERIA) == text


def test_at_most_three_questions_are_asked() -> None:
    criteria = [criterion(key) for key in "abcdefgh"]

    assert summary.recommendation(verdicts("++++????"), criteria).endswith("“G”; and 1 more.")


def test_a_missing_verdict_is_unknown() -> None:
    assert summary.gaps([], [REGION]) == ["Unknown: Region: Ohio"]
    assert Outcome.UNKNOWN == "unknown"

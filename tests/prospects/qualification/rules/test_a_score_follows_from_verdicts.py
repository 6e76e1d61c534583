"""The score is computed from verdicts and weights, and nothing that is missing ever reads as a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.icp.criteria import Criterion
from prospects.qualification.models import FitLevel
from prospects.qualification.rules.score import LEVELS, UNMET_MUST_CAP, evidence_share, fit_level, fit_score
from prospects.qualification.rules.verdicts import Outcome, Verdict
from tests.prospects.qualification.rules.criteria import criterion, verdicts

Judged = tuple[list[Criterion], list[Outcome]]


@pytest.mark.parametrize(
    ("outcomes", "weights", "score"),
    [
        ("++", (40, 10), 100),
        ("--", (40, 10), 0),
        ("??", (40, 10), 50),
        ("+-", (40, 10), 80),
        ("-+", (40, 10), 20),
        ("+?", (40, 10), 90),
        ("?-", (40, 10), 40),
        ("+-?", (40, 30, 40), 55),
        ("+--", (1, 1, 1), 33),
        ("+?-", (1, 1, 6), 19),
        ("-+", (0, 10), 100),
        ("", (40, 10), 50),
    ],
)
def test_unknown_counts_half(outcomes: str, weights: tuple[int, ...], score: int) -> None:
    criteria = [criterion(key, weight) for key, weight in zip("abcdefgh", weights, strict=False)]

    assert fit_score(verdicts(outcomes), criteria) == score


@pytest.mark.parametrize(("outcomes", "score"), [("-+", UNMET_MUST_CAP), ("?+", 95), ("++", 100), ("--", 0)])
def test_only_an_unmet_must_caps_the_score(outcomes: str, score: int) -> None:
    criteria = [criterion("a", 10, must=True), criterion("b", 90)]

    assert fit_score(verdicts(outcomes), criteria) == score


def test_a_must_without_weight_still_caps() -> None:
    assert fit_score(verdicts("-+"), [criterion("a", 0, must=True), criterion("b", 90)]) == UNMET_MUST_CAP


@pytest.mark.parametrize(
    ("score", "level"),
    [(100, "excellent"), (80, "excellent"), (79, "good"), (60, "good"), (59, "fair"), (40, "fair"), (39, "poor")],
)  # fmt: skip
def test_levels_begin_at_80_60_and_40(score: int, level: str) -> None:
    assert fit_level(score) == level


def test_the_levels_are_those_that_are_stored() -> None:
    assert [name for _, name in LEVELS] == FitLevel.values


def test_the_share_of_evidence_counts_what_is_decided() -> None:
    assert evidence_share(verdicts("+-?"), [criterion("a", 30), criterion("b", 30), criterion("c", 40)]) == 60


@st.composite
def judged(draw: st.DrawFn) -> Judged:
    size = draw(st.integers(1, 8))
    weights = draw(st.lists(st.integers(0, 100), min_size=size, max_size=size).filter(any))
    musts = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    outcomes = draw(st.lists(st.sampled_from(list(Outcome)), min_size=size, max_size=size))
    criteria = [
        criterion(str(n), weight, must=must) for n, (weight, must) in enumerate(zip(weights, musts, strict=True))
    ]
    return criteria, outcomes


def score_of(criteria: list[Criterion], outcomes: list[Outcome]) -> int:
    return fit_score([Verdict(c.key, o) for c, o in zip(criteria, outcomes, strict=True)], criteria)


@given(judged())
def test_a_score_lies_between_0_and_100(case: Judged) -> None:
    assert 0 <= score_of(*case) <= 100


@given(judged(), st.data())
def test_more_evidence_for_a_company_never_lowers_its_score(case: Judged, data: st.DataObject) -> None:
    criteria, outcomes = case
    at = data.draw(st.integers(0, len(outcomes) - 1))
    steps = [
        score_of(criteria, [*outcomes[:at], outcome, *outcomes[at + 1 :]])
        for outcome in (Outcome.UNMET, Outcome.UNKNOWN, Outcome.MET)
    ]

    assert steps == sorted(steps)


@given(judged())
def test_what_is_not_known_never_reads_as_a_refusal(case: Judged) -> None:
    criteria, outcomes = case
    without_refusals = [Outcome.UNKNOWN if outcome is Outcome.UNMET else outcome for outcome in outcomes]

    assert score_of(criteria, without_refusals) >= 50


@given(judged(), st.randoms())
def test_the_order_of_verdicts_does_not_matter(case: Judged, random: st.DataObject) -> None:
    criteria, outcomes = case
    found = [Verdict(c.key, o) for c, o in zip(criteria, outcomes, strict=True)]
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fit_score(shuffled, criteria) == fit_score(found, criteria)

"""A judgement has a verdict for every criterion, is the same each time, and never fails on odd files."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.icp.profile import parse_toml
from prospects.qualification.rubric.judge import judge
from prospects.qualification.rules.evidence import Dossier
from tests.prospects.qualification.rubric.cases import dossier_of

EXAMPLES = Path(__file__).parents[4] / "examples"
FOOD = parse_toml((EXAMPLES / "icp.toml").read_bytes())
INSURANCE = parse_toml((EXAMPLES / "icp_insurance_buyers.toml").read_bytes())

PALERMO: dict[str, Any] = {
    "industry": "Frozen foods", "employees": (1001, 2000), "region": "WI", "country": "US", "stage": "Family-owned",
    "description": "Makes frozen pizza for retailers.",
}  # fmt: skip
texts = st.text(max_size=60)
files = st.fixed_dictionaries(
    {},
    optional={
        "industry": texts, "region": texts, "country": texts, "city": texts, "stage": texts, "funding": texts,
        "description": st.text(max_size=300), "person_title": texts, "Location": texts, "Trucks": texts,
        "technologies": st.lists(texts, max_size=4).map(tuple),
        "employees": st.tuples(st.none() | st.integers(0, 10**6), st.none()),
        "revenue": st.tuples(st.just(0), st.none() | st.integers(0, 10**13)),
    },
)  # fmt: skip


def test_a_company_that_fits_everything_scores_100() -> None:
    judgement = judge(dossier_of(PALERMO), FOOD)

    assert (judgement.score, judgement.level, judgement.gaps) == (100, "excellent", [])
    assert judgement.recommendation.startswith("Call now")


def test_a_company_that_misses_the_must_is_poor_however_well_it_fits() -> None:
    judgement = judge(dossier_of(PALERMO | {"industry": "Software", "description": "Makes apps."}), FOOD)

    assert (judgement.score, judgement.level) == (39, "poor")


@pytest.mark.parametrize("profile", [FOOD, INSURANCE], ids=lambda profile: profile.title)
def test_a_file_that_says_nothing_leaves_everything_unknown(profile: Any) -> None:
    judgement = judge(Dossier("Acme"), profile)

    assert {verdict.outcome for verdict in judgement.verdicts} == {"unknown"}
    assert (judgement.score, judgement.level) == (50, "fair")
    assert judgement.recommendation.startswith("Find out more before you call")


@settings(max_examples=150, deadline=None)
@given(files)
def test_any_file_gets_a_verdict_per_criterion_with_words_that_are_there(file: dict[str, Any]) -> None:
    dossier = dossier_of(file)

    for profile in (FOOD, INSURANCE):
        judgement = judge(dossier, profile)

        assert [verdict.criterion for verdict in judgement.verdicts] == [c.key for c in profile.criteria]
        assert judge(dossier, profile) == judgement
        for verdict in judgement.verdicts:
            assert (verdict.outcome == "unknown") is (verdict.quote == "")
            assert verdict.quote in dossier.text_of(verdict.source)

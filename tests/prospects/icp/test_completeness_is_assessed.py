"""A profile is told what share of a good one it is, and what to add."""

# A row of a table stays a line.
# ruff: noqa: E501

from typing import Any

import pytest

from prospects.icp.completeness import Assessment, assess
from prospects.icp.profile import Profile, parse_toml
from tests.prospects.icp.test_a_profile_is_read import FOOD

INDUSTRY: dict[str, Any] = {"kind": "industry", "any_of": ["Dairy"], "weight": 40}
SIZE: dict[str, Any] = {"kind": "employees", "min": 50, "weight": 40}


def profile(*criteria: dict[str, Any], **more: Any) -> Profile:
    return Profile.from_json({"title": "T", "criteria": list(criteria), **more})


def test_a_full_profile_is_complete_without_warnings() -> None:
    full = parse_toml(
        FOOD + '[[criteria]]\nkind = "stage"\nany_of = ["Private"]\n[[criteria]]\nkind = "technology"\nany_of = ["SAP"]'
    )

    assert assess(full) == Assessment(100, ())


def test_each_missing_part_costs_points_and_says_what_to_add() -> None:
    assessment = assess(profile(INDUSTRY, SIZE))

    assert assessment.score == 35
    assert "No region is named: add the states or countries you sell in." in assessment.warnings
    assert "Nothing is a must: mark what rules a company out." in assessment.warnings


@pytest.mark.parametrize(
    ("criteria", "warning"),
    [
        ([INDUSTRY], "A single criterion decides everything: scores can only be 0, 50 or 100."),
        ([INDUSTRY, SIZE | {"weight": 0}], "“Employees: 50 or more” weighs 0, so it doesn't change the score."),
        ([INDUSTRY | {"weight": 90}, SIZE | {"weight": 10}], "“Industry: Dairy” has more than 70 % of the weight, so the rest hardly matters."),
        ([INDUSTRY | {"must": True}, SIZE | {"must": True}], "Everything is a must: one miss and a company is poor, however well it fits otherwise."),
        ([INDUSTRY | {"any_of": [str(n) for n in range(31)], "label": "Any"}], "“Any” lists 31 alternatives: so wide a net rules little out."),
    ],
)  # fmt: skip
def test_what_looks_like_a_mistake_is_pointed_out(criteria: list[dict[str, Any]], warning: str) -> None:
    assert warning in assess(profile(*criteria)).warnings

"""A profile is the same after JSON and TOML, and its hash depends on content alone."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.icp.errors import InvalidProfile
from prospects.icp.profile import Profile, parse_toml
from prospects.icp.writing import to_toml
from tests.prospects.icp.test_a_profile_is_read import FOOD

EXAMPLES = Path(__file__).parents[3] / "examples"

lines = st.text(min_size=1, max_size=30).filter(lambda text: bool(text.split()))
weights = st.integers(1, 100)


def criteria() -> st.SearchStrategy[dict[str, Any]]:
    listed = st.fixed_dictionaries(
        {"kind": st.sampled_from(["industry", "stage", "region", "funding", "technology", "persona"]),
         "any_of": st.lists(lines, min_size=1, max_size=4), "weight": weights, "must": st.booleans()}
    )  # fmt: skip
    ranges = st.fixed_dictionaries(
        {"kind": st.sampled_from(["employees", "revenue"]), "min": st.integers(0, 500), "weight": weights},
        optional={"max": st.integers(500, 10**12)},
    )
    indicators = st.fixed_dictionaries({"kind": st.just("indicator"), "text": lines, "weight": weights})
    return st.one_of(listed, ranges, indicators)


def profiles() -> st.SearchStrategy[Profile]:
    tables = st.fixed_dictionaries({"title": lines, "criteria": st.lists(criteria(), min_size=1, max_size=6)})
    return tables.map(_profile_or_none).filter(bool)


def _profile_or_none(table: dict[str, Any]) -> Profile | None:
    """Text of nothing but invisible characters is refused, rightly."""
    try:
        return Profile.from_json(table)
    except InvalidProfile:
        return None


@given(profiles())
def test_any_profile_reads_back_from_its_json(profile: Profile) -> None:
    again = Profile.from_json(json.loads(json.dumps(profile.to_json())))

    assert again == profile
    assert again.content_hash == profile.content_hash


@given(profiles())
def test_any_profile_reads_back_from_its_toml(profile: Profile) -> None:
    assert parse_toml(to_toml(profile)) == profile


@given(profiles())
def test_keys_and_labels_are_distinct(profile: Profile) -> None:
    assert len({c.key for c in profile.criteria}) == len(profile.criteria)
    assert len({c.label.casefold() for c in profile.criteria}) == len(profile.criteria)


def test_formatting_comments_and_defaults_make_no_new_content() -> None:
    spaced = FOOD.replace(" = ", "   =   ").replace("[[criteria]]", "\n# a comment\n[[criteria]]")
    spelled = FOOD.replace('text = "Runs its', 'must = false\ntext = "  Runs   its')

    assert parse_toml(spaced).content_hash == parse_toml(FOOD).content_hash
    assert parse_toml(spelled).content_hash == parse_toml(FOOD).content_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [("weight = 40", "weight = 41"), ("max = 2000", "max = 2001"), ("OH", "IN"), ("must = true", "must = false")],
)
def test_a_change_of_content_changes_the_hash(old: str, new: str) -> None:
    assert parse_toml(FOOD.replace(old, new)).content_hash != parse_toml(FOOD).content_hash


def test_a_title_is_content() -> None:
    profile = parse_toml(FOOD)

    assert replace(profile, title="Others").content_hash != profile.content_hash


@pytest.mark.parametrize("name", ["icp.toml", "icp_insurance_buyers.toml"])
def test_the_examples_are_valid_profiles(name: str) -> None:
    profile = parse_toml((EXAMPLES / name).read_bytes())

    assert len(profile.criteria) >= 4
    assert parse_toml(to_toml(profile)) == profile


def test_a_key_that_was_written_is_kept_and_a_label_that_was_made_follows_what_it_names() -> None:
    criteria = [{"kind": "employees", "min": 50, "max": 2000, "key": "size"}, {"kind": "region", "any_of": ["Ohio"]}]
    profile = Profile.from_json({"title": "Food", "criteria": criteria})

    text = to_toml(profile)
    grown = parse_toml(text.replace("max = 2000", "max = 3000"))

    assert parse_toml(text) == profile
    assert (grown.criteria[0].key, grown.criteria[0].label) == ("size", "Employees: 50 to 3000")
    assert grown.criteria[1] == profile.criteria[1]

"""A TOML file becomes a profile, or a sentence for each thing to correct."""

# A row of a table stays a line.
# ruff: noqa: E501

import pytest

from prospects.icp.criteria import Kind
from prospects.icp.errors import InvalidProfile, UnreadableProfile
from prospects.icp.profile import Profile, parse_toml

FOOD = """
title = "Mid-size food manufacturers in the Midwest"
description = "Plants of 50 to 2,000 people that cold-chain their goods."
[[criteria]]
kind = "industry"
any_of = ["Food manufacturing", "Beverages"]
weight = 40
must = true
[[criteria]]
kind = "employees"
min = 50
max = 2000
weight = 30
[[criteria]]
kind = "region"
any_of = ["Illinois", "OH", "Wisconsin"]
weight = 30
[[criteria]]
kind = "indicator"
text = "Runs its own refrigerated trucks"
weight = 10
[[personas]]
role = "Plant manager"
department = "Operations"
pains = ["Spoilage"]
"""
INDUSTRY = '[[criteria]]\nkind = "industry"\nany_of = ["Dairy"]\n'


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(InvalidProfile) as refused:
        parse_toml(text)
    return refused.value.problems


def test_a_file_becomes_criteria_with_labels_keys_and_weights() -> None:
    profile = parse_toml(FOOD)

    assert [(c.key, c.label, c.weight, c.must) for c in profile.criteria] == [
        ("industry-food-manufacturing-or-beverages", "Industry: Food manufacturing or Beverages", 40, True),
        ("employees-50-to-2000", "Employees: 50 to 2000", 30, False),
        ("region-illinois-or-oh-or-wisconsin", "Region: Illinois or OH or Wisconsin", 30, False),
        ("indicator-runs-its-own-refrigerated-trucks", "Runs its own refrigerated trucks", 10, False),
    ]
    assert (profile.criteria[1].min, profile.criteria[1].max) == (50, 2000)
    assert (profile.personas[0].role, profile.personas[0].pains) == ("Plant manager", ("Spoilage",))
    assert profile.total_weight == 110


@pytest.mark.parametrize(
    ("written", "amount"),
    [("5000000", 5_000_000), ('"$5M"', 5_000_000), ('"1.5 billion"', 1_500_000_000), ('"250k"', 250_000)],
)
def test_a_bound_is_a_number_or_text_with_a_unit(written: str, amount: int) -> None:
    profile = parse_toml(f'title = "T"\n[[criteria]]\nkind = "revenue"\nmin = {written}')

    assert profile.criteria[0].min == amount


def test_equal_labels_are_numbered_so_that_columns_and_keys_stay_apart() -> None:
    profile = parse_toml(f'title = "T"\n{INDUSTRY}{INDUSTRY}{INDUSTRY}')

    assert [c.label for c in profile.criteria] == ["Industry: Dairy", "Industry: Dairy (2)", "Industry: Dairy (3)"]
    assert [c.key for c in profile.criteria] == ["industry-dairy", "industry-dairy-2", "industry-dairy-3"]


def test_a_given_key_stays_when_the_label_changes() -> None:
    first, second = (
        parse_toml(f'title = "T"\n{INDUSTRY}key = "who"\nlabel = "{label}"').criteria[0]
        for label in ("Dairies", "Milk")
    )

    assert first.key == second.key == "who"


def test_a_label_is_one_line_of_at_most_80_characters() -> None:
    profile = parse_toml(f'title = "T"\n[[criteria]]\nkind = "indicator"\ntext = """Runs\n{"very " * 30}cold trucks"""')

    assert "\n" not in profile.criteria[0].label
    assert len(profile.criteria[0].label) == 80


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The profile is empty: it needs a title and at least one [[criteria]] table."),
        ('title = "T"', "The profile has no criteria: add at least one [[criteria]] table with a kind."),
        (INDUSTRY, "The profile has no title: add a line like title = “Food manufacturers”."),
        (f'title = "T"\ntitel = "U"\n{INDUSTRY}', "The profile has an unknown key “titel” (did you mean “title”?)."),
        (f'title = "T"\n{INDUSTRY}weigth = 3', "Criterion 1 has an unknown key “weigth” (did you mean “weight”?)."),
        ('title = "T"\n[[criteria]]\nkind = "industri"', "Criterion 1 has an unknown kind “industri” (did you mean “industry”?)."),
        ('title = "T"\n[[criteria]]\nweight = 1', "Criterion 1 has no kind: use one of industry, employees, revenue, stage, region, funding, technology, persona, indicator."),
        (f'title = "T"\n{INDUSTRY}weight = 101', "Criterion 1 (industry): weight must be a whole number from 0 to 100, not 101."),
        (f'title = "T"\n{INDUSTRY}weight = -1', "Criterion 1 (industry): weight must be a whole number from 0 to 100, not -1."),
        (f'title = "T"\n{INDUSTRY}weight = "heavy"', "Criterion 1 (industry): weight must be a whole number from 0 to 100, not “heavy”."),
        (f'title = "T"\n{INDUSTRY}weight = 0', "Every criterion weighs 0, so nothing could be scored: give one a weight above 0."),
        (f'title = "T"\n{INDUSTRY}must = 1', "Criterion 1 (industry): must is either true or false, not 1."),
        ('title = "T"\n[[criteria]]\nkind = "employees"\nmin = 9\nmax = 5', "Criterion 1 (employees): min (9) is above max (5); swap them."),
        ('title = "T"\n[[criteria]]\nkind = "employees"', "Criterion 1 (employees) has nothing to compare with: give it a min, a max, or both."),
        ('title = "T"\n[[criteria]]\nkind = "employees"\nmin = "many"', "Criterion 1 (employees): min must be a whole number that isn't negative, like 50 or “5M”, not “many”."),
        ('title = "T"\n[[criteria]]\nkind = "region"\nany_of = []', "Criterion 1 (region) has nothing to compare with: list what counts, like any_of = [“…”]."),
        ('title = "T"\n[[criteria]]\nkind = "region"\nany_of = [" "]', "Criterion 1 (region) has nothing to compare with: list what counts, like any_of = [“…”]."),
        (f'title = "T"\n{INDUSTRY}min = 5', "Criterion 1 (industry) can't use min: list what counts, like any_of = [“…”]."),
        (f'title = "{"x" * 201}"\n{INDUSTRY}', "The title has 201 characters; at most 200 are allowed."),
        (f'title = "T"\n{INDUSTRY}[[personas]]\nseniority = "VP"', "Persona 1 has no role: say who it is, like role = “Plant manager”."),
        ('title = "T"\ncriteria = "none"', "criteria must be a list of tables: write [[criteria]] before each."),
        (f'title = "T"\n{INDUSTRY * 51}', "There are 51 criteria; at most 50 are allowed."),
        (f'title = "T"\n{INDUSTRY}weight = 0x{"f" * 6000}', "Criterion 1 (industry): weight must be a whole number from 0 to 100, not a number of more than 30 digits."),
        (f'title = "T"\n[[criteria]]\nkind = 0x{"f" * 6000}', "Criterion 1 has an unknown kind a number of more than 30 digits; use one of industry, employees, revenue, stage, region, funding, technology, persona, indicator."),
        ('title = "T"\n[[criteria]]\nkind = "revenue"\nmin = "1,5M"', "Criterion 1 (revenue): min must be a whole number that isn't negative, like 50 or “5M”, not “1,5M”."),
        (f'title = "T"\n{INDUSTRY}key = "Not a key"', "Criterion 1 (industry): key must be lower-case words joined by hyphens, like “not-a-key”."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_in_a_sentence(text: str, problem: str) -> None:
    assert problem in problems_of(text)


def test_all_mistakes_are_named_at_once() -> None:
    found = problems_of(f'titel = "T"\n{INDUSTRY}weight = 500\nmin = 3')

    assert len(found) == 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("title = ", "The profile is not valid TOML"),
        ("min = " + "9" * 5000, "The profile is not valid TOML"),
        (b"\xff\xfe", "The profile is not UTF-8 text; save it as UTF-8 and try again."),
        ("#" * 200_001, "The profile is larger than 200 kB; it should be a page of text."),
    ],
)
def test_what_is_no_toml_is_unreadable(text: str | bytes, reason: str) -> None:
    with pytest.raises(UnreadableProfile, match=reason):
        parse_toml(text)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_toml(b"\xef\xbb\xbf" + FOOD.encode()) == parse_toml(FOOD)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_written(kind: Kind) -> None:
    value = {"employees": "min = 1", "revenue": 'max = "5M"', "indicator": 'text = "Is cold"'}.get(
        kind, 'any_of = ["A"]'
    )

    assert parse_toml(f'title = "T"\n[[criteria]]\nkind = "{kind}"\n{value}').criteria[0].kind is kind


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "content",
    [
        {"title": 5},
        {"title": "T", "criteria": [1]},
        {"title": "T", "criteria": {"kind": "region"}},
        {"title": nested(900), "criteria": nested(900)},
        {"title": "T", "criteria": [{"kind": "employees", "min": 1, "any_of": nested(900)}]},
        {"title": "T", "criteria": [{"kind": "employees", "min": 1, 2: 3}]},
    ],
)
def test_content_of_the_wrong_shape_is_refused_and_never_crashes(content: dict[str, object]) -> None:
    with pytest.raises(InvalidProfile):
        Profile.from_json(content)


def test_lone_surrogates_are_left_out() -> None:
    criteria = [{"kind": "indicator", "text": "Is cold\udc80"}]

    profile = Profile.from_json({"title": "T\ud800", "criteria": criteria})

    assert (profile.title, profile.criteria[0].text) == ("T", "Is cold")
    assert len(profile.content_hash) == 64


def test_a_thousand_unknown_keys_are_a_few_sentences() -> None:
    with pytest.raises(InvalidProfile) as refused:
        Profile.from_json({"title": "T", **{f"key {n}": n for n in range(1000)}})

    assert refused.value.problems[10] == "The profile has 990 more unknown keys."

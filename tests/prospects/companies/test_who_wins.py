"""Which value stays when two sources disagree."""

from typing import Any

import pytest

from prospects.companies.merge_rules import FILE, PERSON, RESEARCH, merge


def entry(method: str, **more: Any) -> dict[str, dict[str, Any]]:
    return {"industry": {"source": "x", "method": method, "at": "2026-01-01", **more}}


@pytest.mark.parametrize(
    ("had", "comes", "changes"),
    [
        (PERSON, FILE, False),
        (PERSON, RESEARCH, False),
        (FILE, RESEARCH, False),
        (FILE, FILE, True),
        (FILE, PERSON, True),
        (RESEARCH, FILE, True),
        (PERSON, PERSON, True),
    ],
)
def test_a_person_wins_over_a_file_and_a_file_over_research(had: str, comes: str, changes: bool):
    merged = merge({"industry": "Steel"}, entry(had), incoming={"industry": "Food"}, method=comes)

    assert merged.changed == ({"industry": "Food"} if changes else {})
    assert merged.kept == ([] if changes else ["industry"])


def test_a_lock_holds_against_all_but_a_person():
    locked = entry(RESEARCH, locked=True)

    assert merge({"industry": ""}, locked, incoming={"industry": "Food"}, method=FILE).kept == ["industry"]
    assert merge({"industry": ""}, locked, incoming={"industry": "Food"}, method=PERSON).changed == {"industry": "Food"}


def test_what_is_silent_or_the_same_changes_nothing():
    merged = merge({"industry": "Steel", "city": "Bonn"}, entry(FILE), incoming={"industry": "Steel"}, method=FILE)

    assert (merged.changed, merged.kept) == ({}, [])

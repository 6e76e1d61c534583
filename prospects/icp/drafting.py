"""An LLM's answer as a profile: what it can't mean is left out, what is left must be valid. Pure."""

from collections.abc import Mapping
from typing import Any

from prospects.icp.criteria import LIST_KINDS, MAX_WEIGHT, RANGE_KINDS, Kind
from prospects.icp.profile import MAX_DESCRIPTION, MAX_TITLE, Profile
from prospects.icp.reading import MAX_CRITERIA, MAX_PERSONAS, MAX_TEXT, MAX_VALUE, MAX_VALUES

KINDS = """\
- industry, stage, region, funding, technology, persona: "any_of" lists what counts
- employees (people), revenue (US dollars a year): "min" and "max"
- indicator: "text" states what should be true of the company"""


def read_draft(answer: Mapping[str, Any]) -> Profile:
    """The profile in an answer that follows the schema of the prompt `generate-icp`.

    Criteria keep only what their kind uses, and are dropped when that leaves nothing to compare with. Raises
    InvalidProfile when nothing usable is left.
    """
    criteria = [criterion for row in answer["criteria"] if (criterion := _criterion(row))]
    return Profile.from_json(
        {
            "title": answer["title"].strip()[:MAX_TITLE],
            "description": answer["description"].strip()[:MAX_DESCRIPTION],
            "criteria": criteria[:MAX_CRITERIA],
            "personas": [_persona(row) for row in answer["personas"] if row["role"].strip()][:MAX_PERSONAS],
        }
    )


def _criterion(row: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = Kind(row["kind"])
    stated: dict[str, Any] = {}
    if kind in RANGE_KINDS:
        bounds = {name: row[name] for name in ("min", "max") if row[name] is not None}
        # Whichever way round the model put them.
        stated = dict(zip(("min", "max"), sorted(bounds.values()), strict=True)) if len(bounds) == 2 else bounds
    elif kind in LIST_KINDS:
        stated = {"any_of": _texts(row["any_of"])}
    elif kind is Kind.INDICATOR:
        stated = {"text": (row["text"] or "").strip()[:MAX_TEXT]}
    if not any(value not in ("", []) for value in stated.values()):
        return None
    return {"kind": str(kind), **stated, "weight": min(max(row["weight"], 1), MAX_WEIGHT), "must": row["must"]}


def _persona(row: Mapping[str, Any]) -> dict[str, Any]:
    lines = {name: row[name].strip()[:MAX_VALUE] for name in ("role", "seniority", "department")}
    return lines | {name: _texts(row[name]) for name in ("pains", "goals")}


def _texts(values: list[str]) -> list[str]:
    return [text for value in values if (text := value.strip()[:MAX_VALUE])][:MAX_VALUES]

"""A customer profile as the TOML text that people edit."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

EXAMPLE = """\
title = "Mid-size food manufacturers in the Midwest"
description = "Plants of 50 to 2,000 people that cold-chain their goods."

[[criteria]]
kind = "industry"        # industry, employees, revenue, stage, region, funding, technology, persona, indicator
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
"""
# The key follows from kind and label, so people needn't see it.
_LEFT_OUT = frozenset({"key"})


def as_toml(content: Mapping[str, Any]) -> str:
    """`Profile.to_json()` as text that `parse_toml` reads back to the same profile."""
    return "\n".join(_lines(content)) + "\n"


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    yield from _pairs({name: content.get(name, "") for name in ("title", "description")})
    for table in ("criteria", "personas"):
        for entry in content.get(table, []):
            yield ""
            yield f"[[{table}]]"
            yield from _pairs({name: value for name, value in entry.items() if name not in _LEFT_OUT})


def _pairs(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if value not in (None, "", [], False):
            yield f"{name} = {_toml(value)}"


def _toml(value: Any) -> str:
    """TOML's basic strings, numbers, booleans and arrays are written as JSON's, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

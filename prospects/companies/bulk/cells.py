"""Rows of JSON become the cells that an import reads: types and names of fields are checked, nothing is read yet. Pure.

A number stands as a number only where one is meant. What is null or empty says nothing, as an empty cell does.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from performance.bulk.errors import RowError
from performance.bulk.values import Unfit, refuse_unstorable
from prospects.intake.fields import BY_NAME, IDENTIFYING

Cell = Callable[[Any], str]
_PARTING = frozenset("|,")


@dataclass(frozen=True, slots=True)
class Cells:
    """`rows` are (place, cells), in the order of `headers`, of the rows that nothing is wrong with."""

    headers: list[str]
    rows: list[tuple[int, list[str]]]
    errors: list[RowError]


def read_cells(rows: Sequence[Any]) -> Cells:
    """The cells of each row, by the names of `intake.fields`."""
    named = {name for row in rows if isinstance(row, Mapping) for name in row}
    headers = [name for name in BY_NAME if name in named]
    rules = {name: _RULES.get(name, _text) for name in headers}
    errors = _strange(rows, named - BY_NAME.keys())
    read = []
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            errors.append(RowError(place, "", "must be an object of fields and values"))
        else:
            read.append((place, _cells(place, row, rules, errors)))
    refused = {error.row for error in errors}
    return Cells(headers, [each for each in read if each[0] not in refused], errors)


def _strange(rows: Sequence[Any], names: set[Any]) -> list[RowError]:
    if not names:
        return []
    return [
        RowError(place, str(name), "is no field of a prospect; GET /api/v1/imports/fields lists them")
        for place, row in enumerate(rows)
        if isinstance(row, Mapping)
        for name in row
        if name in names
    ]


def _cells(place: int, row: Mapping[str, Any], rules: Mapping[str, Cell], errors: list[RowError]) -> list[str]:
    if IDENTIFYING.isdisjoint(row):
        errors.append(RowError(place, "name", "is missing, and so is a domain: nothing says which company is meant"))
    cells = list(map(row.get, rules, repeat("")))
    # Most rows are texts that are fit to be stored, which is asked of all together.
    if not _are_storable_texts(cells):
        cells = [_cell(place, name, rule, row.get(name), errors) for name, rule in rules.items()]
    return cells


def _are_storable_texts(cells: list[Any]) -> bool:
    try:
        refuse_unstorable("".join(cells))
    except (TypeError, Unfit):
        return False
    return True


def _cell(place: int, name: str, rule: Cell, value: Any, errors: list[RowError]) -> str:
    try:
        return "" if value is None else rule(value)
    except Unfit as unfit:
        errors.append(RowError(place, name, str(unfit)))
        return ""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit("must be text")
    refuse_unstorable(value)
    return value


def _amount(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unfit("must be a number, or text like “51-200” or “$5M”")
    if value < 0:
        raise Unfit("must not be negative")
    return str(round(value))


def _year(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit("must be a year")
    return str(value)


def _listed(value: Any) -> str:
    """Parted by semicolons; one at the end keeps a single item with a comma in it whole."""
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Unfit("must be a list of texts")
    if any(";" in item for item in value):
        raise Unfit("must not hold a semicolon")
    joined = _text("; ".join(value))
    return f"{joined};" if len(value) == 1 and not _PARTING.isdisjoint(joined) else joined


_RULES: Mapping[str, Cell] = {"employees": _amount, "revenue": _amount, "founded_year": _year, "technologies": _listed}

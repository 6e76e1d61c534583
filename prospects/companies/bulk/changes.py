"""Rows that correct prospects by hand: {"id": …, fields of the person, "company": {…}}, as PATCH takes them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from performance.bulk.errors import RowError
from performance.bulk.shape import shape_of
from performance.bulk.values import Unfit, refuse_unstorable
from prospects.companies.errors import UnreadableValue
from prospects.companies.models import Company, Prospect
from prospects.companies.record import RANGES
from prospects.companies.typed import NAMES, read_typed

PERSON = ("person_name", "person_title", "person_email", "person_phone", "notes")
COMPANY = (
    "name", "industry", "description", "employees_min", "employees_max", "revenue_min", "revenue_max", "stage",
    "funding", "technologies", "founded_year", "street", "city", "region", "postal_code", "country", "phone", "email",
    "linkedin_url",
)  # fmt: skip
MOST_TECHNOLOGIES, LONGEST_TECHNOLOGY = 500, 200
_LARGEST_ID = 2**63 - 1
_NUMBERS = {column for columns in RANGES.values() for column in columns} | {"founded_year"}
_TEXTS = frozenset({*PERSON, *COMPANY} - _NUMBERS - {"technologies"})
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What a row says of a prospect. `place` is the row's."""

    place: int
    prospect_id: int
    person: Values
    company: Values


def read_ids(rows: Sequence[Any], *, may_hold_more: bool) -> tuple[dict[int, int], list[RowError]]:
    """{place: id} of the rows that name one, each id once, and what is wrong with the others."""
    places: dict[int, int] = {}
    errors = []
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            errors.append(RowError(place, "", "must be an object with an id"))
            continue
        if not may_hold_more:
            errors += [RowError(place, str(name), "means nothing here") for name in row if name != "id"]
        pk = row.get("id")
        if not isinstance(pk, int) or isinstance(pk, bool) or not 0 < pk <= _LARGEST_ID:
            errors.append(RowError(place, "id", "is missing" if pk is None else "must be the id of a prospect"))
        elif places.setdefault(pk, place) != place:
            errors.append(RowError(place, "id", f"is the same as in row {places[pk]}"))
    refused = {error.row for error in errors}
    return {place: pk for pk, place in places.items() if place not in refused}, errors


def read_changes(rows: Sequence[Any]) -> tuple[list[Change], list[RowError]]:
    """What each row says, of the types that it must have."""
    places, errors = read_ids(rows, may_hold_more=True)
    changes = []
    for place, pk in places.items():
        row = rows[place]
        person = {name: value for name, value in row.items() if name not in {"id", "company"}}
        company = row.get("company", {})
        if not isinstance(company, Mapping):
            errors.append(RowError(place, "company", "must be an object of fields and values"))
            continue
        faults = [*_faults(person, PERSON), *(("company." + name, why) for name, why in _faults(company, COMPANY))]
        errors += [RowError(place, name, why) for name, why in faults]
        if not faults:
            changes.append(Change(place, pk, _stripped(person), _stripped(company)))
    return changes, errors


def fitting(change: Change, *, company: Company, place_of: Callable[[Company], str | None]) -> Change:
    """The change as it is kept: places, phones and addresses normalised. Raises Refused."""
    known = place_of(company)
    try:
        own = read_typed(change.company, country_code=known)
        person = read_typed(change.person, country_code=own.get("country") or known)
    except UnreadableValue as error:
        field = error.field if error.field in PERSON else f"company.{error.field}"
        raise Refused(RowError(change.place, field, f"is no readable {NAMES[error.field]}")) from error
    _check(change.place, person, Prospect, prefix="")
    _check(change.place, own, Company, prefix="company.")
    _check_ranges(change.place, own, company)
    return Change(change.place, change.prospect_id, person, own)


class Refused(Exception):
    """A change can't be made."""

    def __init__(self, error: RowError) -> None:
        super().__init__(str(error))
        self.error = error


def _check(place: int, values: Values, model: Any, *, prefix: str) -> None:
    columns = shape_of(model).settable
    for name, value in values.items():
        try:
            columns[name].value(value)
        except Unfit as unfit:
            raise Refused(RowError(place, f"{prefix}{name}", str(unfit))) from unfit


def _check_ranges(place: int, values: Values, company: Company) -> None:
    for name, (least, most) in RANGES.items():
        low, high = (values.get(column, getattr(company, column)) for column in (least, most))
        if low is not None and high is not None and low > high:
            detail = f"the range of {name} would end at {high:,}, below where it begins ({low:,})"
            raise Refused(RowError(place, f"company.{most if most in values else least}", detail))


def _faults(values: Mapping[str, Any], known: Sequence[str]) -> list[tuple[str, str]]:
    faults = []
    for name, value in values.items():
        if name not in known:
            faults.append((str(name), "is no field that can be changed here"))
        elif why := _fault(name, value):
            faults.append((str(name), why))
    return faults


def _fault(name: str, value: Any) -> str:
    try:
        refuse_unstorable(value)
    except Unfit as unfit:
        return str(unfit)
    if name in _TEXTS:
        return "" if isinstance(value, str) else "must be text"
    if name == "technologies":
        return _fault_of_list(value)
    return "" if value is None or (isinstance(value, int) and not isinstance(value, bool)) else "must be a whole number"


def _fault_of_list(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return "must be a list of texts"
    if len(value) > MOST_TECHNOLOGIES or any(len(item) > LONGEST_TECHNOLOGY for item in value):
        return f"must be at most {MOST_TECHNOLOGIES} texts of at most {LONGEST_TECHNOLOGY} characters"
    return ""


def _stripped(values: Mapping[str, Any]) -> Values:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}

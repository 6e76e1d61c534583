"""Corrections to a prospect by hand, all at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from performance.access.models import User
from prospects.companies.editing import save_by_hand
from prospects.companies.errors import ProspectNotFound, RangeReversed
from prospects.companies.models import Company, Prospect
from prospects.companies.normalise import domain as domains
from prospects.companies.record import RANGES
from prospects.companies.typed import read_typed


@transaction.atomic
def edit_prospect(
    prospect_id: int, *, person: Mapping[str, Any], company: Mapping[str, Any], by: User, at: datetime
) -> Prospect:
    """Set these fields of the prospect and of its company, as typed by a person. Atomic.

    They win over every file, and undoing the prospect's import keeps it.
    Raises ProspectNotFound, UnreadableValue, RangeReversed.
    """
    rows = Prospect.objects.select_for_update(of=("self", "company")).select_related("company")
    prospect: Prospect | None = rows.filter(pk=prospect_id).first()
    if prospect is None:
        raise ProspectNotFound(f"There is no prospect {prospect_id}.")
    if not (person or company):
        return prospect
    company = read_typed(company, country_code=place_of(prospect.company))
    person = read_typed(person, country_code=company.get("country") or place_of(prospect.company))
    if company:
        _set(prospect.company, company)
        _check_ranges(prospect.company)
        save_by_hand(prospect.company, columns=list(company), by=by, at=at)
    _set(prospect, person)
    prospect.edited_at = at
    prospect.save(update_fields=[*person, "edited_at", "updated_at"])
    return prospect


def place_of(company: Company) -> str | None:
    """The country by which its national phone numbers are read: its own, or its domain's."""
    return company.country or (domains.country_of(company.domain) if company.domain else None)


def _set(row: Company | Prospect, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _check_ranges(company: Company) -> None:
    for name, (least, most) in RANGES.items():
        low, high = getattr(company, least), getattr(company, most)
        if low is not None and high is not None and low > high:
            raise RangeReversed(f"The range of {name} ends at {high:,}, below where it begins ({low:,}).")

"""Corrections by hand, which win over every file and over research."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from performance.access.models import User
from prospects.companies.errors import ProspectNotFound, RangeReversed
from prospects.companies.merge_rules import PERSON
from prospects.companies.models import Company, Prospect
from prospects.companies.record import RANGES

# The provenance of a range stands under its own name, not under those of its two columns.
_NAMED = {column: name for name, columns in RANGES.items() for column in columns}


@transaction.atomic
def edit_prospect(
    prospect_id: int, *, person: Mapping[str, Any], company: Mapping[str, Any], by: User, at: datetime
) -> Prospect:
    """Set these fields of the prospect and of its company. Atomic.

    Each field of the company is stamped as a person's and locked, so that no import or research overwrites it; the
    prospect counts as edited, so that undoing its import keeps it. Raises ProspectNotFound, RangeReversed.
    """
    rows = Prospect.objects.select_for_update().select_related("company")
    prospect = rows.filter(pk=prospect_id).first()
    if prospect is None:
        raise ProspectNotFound(f"There is no prospect {prospect_id}.")
    if company:
        _edit_company(prospect.company, company, by=by, at=at)
    for name, value in person.items():
        setattr(prospect, name, value)
    prospect.edited_at = at
    prospect.save(update_fields=[*person, "edited_at", "updated_at"])
    return prospect


def _edit_company(company: Company, values: Mapping[str, Any], *, by: User, at: datetime) -> None:
    stamp = {"source": by.get_username(), "method": PERSON, "at": at.isoformat(), "by": by.pk, "locked": True}
    for name, value in values.items():
        setattr(company, name, value)
        company.provenance[_NAMED.get(name, name)] = stamp
    for name, (least, most) in RANGES.items():
        low, high = getattr(company, least), getattr(company, most)
        if low is not None and high is not None and low > high:
            raise RangeReversed(f"The range of {name} ends at {high:,}, below where it begins ({low:,}).")
    company.save(update_fields=[*values, "provenance", "updated_at"])

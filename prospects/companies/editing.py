"""A person's hand on a company: what they type wins over every file and all research."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from performance.access.models import User
from performance.cache.tags import bump
from prospects.companies.merge_rules import PERSON, Stamp
from prospects.companies.models import SHOWN_BY_RUNS, Company, Prospect
from prospects.companies.record import RANGES

FACT_OF = {column: fact for fact, columns in RANGES.items() for column in columns}


@transaction.atomic
def save_by_hand(company: Company, *, columns: Collection[str], by: User, at: datetime) -> None:
    """Store the company with `columns` as typed by a person, beside each who and when. Atomic.

    Its prospects count as edited, so that the undo of an import keeps them.
    """
    mark_by_hand(company, columns=columns, by=by, at=at)
    company.save()
    if columns:
        Prospect.objects.filter(company=company).update(edited_at=at)
    if not SHOWN_BY_RUNS.isdisjoint(columns):
        bump("run:*")


def mark_by_hand(company: Company, *, columns: Collection[str], by: User, at: datetime) -> None:
    """Have its provenance say that a person typed these columns. Not stored."""
    entry: dict[str, Any] = Stamp(by.get_username(), PERSON, at.isoformat(timespec="seconds"), by=by.pk).entry()
    provenance = dict(company.provenance)
    for column in columns:
        fact = FACT_OF.get(column, column)
        locked = {"locked": True} if provenance.get(fact, {}).get("locked") else {}
        provenance[fact] = entry | locked
    company.provenance = provenance

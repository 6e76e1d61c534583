"""Locks on a company's values: what is locked, only a person may change."""

from datetime import datetime

from django.db import transaction

from performance.access.models import User
from prospects.companies.models import Company


@transaction.atomic
def set_lock(*, company_id: int, field: str, is_locked: bool, by: User, at: datetime) -> Company:
    """Lock or unlock one value of a company, keeping who did it and when. Atomic, idempotent.

    Raises Company.DoesNotExist.
    """
    company: Company = Company.objects.select_for_update().get(pk=company_id)
    entry = dict(company.provenance.get(field, {}))
    entry.pop("locked", None)
    if is_locked:
        entry |= {"locked": True, "locked_by": by.pk, "locked_at": at.isoformat(timespec="seconds")}
    company.provenance = {**company.provenance, field: entry}
    company.save(update_fields=["provenance", "updated_at"])
    return company

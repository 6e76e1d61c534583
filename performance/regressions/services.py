"""What people do about regressions."""

from datetime import datetime

from performance.api.errors import NotFound
from performance.audit.services import Actor, audited
from performance.regressions.models import Regression


class NoSuchRegression(NotFound):
    """There is no such regression."""


def acknowledge(regression_id: int, *, by: Actor, at: datetime) -> Regression:
    """It is as it should be: it isn't listed as open any more. Again: as it was the first time. Atomic.

    Raises NoSuchRegression.
    """
    with audited("regression.acknowledge", subject=f"regression {regression_id}", by=by) as action:
        found: Regression | None = Regression.objects.select_for_update(of=("self",)).filter(pk=regression_id).first()
        if found is None:
            raise NoSuchRegression(f"There is no regression {regression_id}.")
        action.details["of"] = found.subject
        if found.acknowledged_at is None:
            found.acknowledged_at, found.acknowledged_by = at, by.user
            found.save(update_fields=["acknowledged_at", "acknowledged_by"])
    return found

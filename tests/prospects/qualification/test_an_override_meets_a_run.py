"""A person overrides a score at the moment in which a run replaces the verdict that it rests on."""

import threading
import time

import pytest
from django.db import connection, transaction

from prospects.qualification.models import Fit
from prospects.qualification.services import override_fit
from prospects.qualification.storage import store_judged
from tests import factories
from tests.prospects.qualification.test_verdicts_are_stored_once import judged


@pytest.mark.django_db(transaction=True)
def test_neither_is_lost() -> None:
    version, prospect, person = factories.make_icp_version(), factories.make_prospect(), factories.make_user()
    first = factories.make_qualification(run=factories.make_run(icp_version=version), prospect=prospect, score=20)
    fit = factories.make_fit(qualification=first)
    later = factories.make_run(icp_version=version)
    overriding = threading.Thread(target=_override, args=(fit, person))

    with transaction.atomic():
        store_judged([judged(later, prospect, score=30)])
        overriding.start()
        _wait_for_a_lock()
    overriding.join(10)

    fit.refresh_from_db()
    assert (fit.score, fit.override_score, fit.qualification.run_id) == (95, 95, later.pk)


def _override(fit: Fit, person: object) -> None:
    try:
        override_fit(prospect=fit.prospect, icp=fit.icp, score=95, reason="They called us", by=person)  # type: ignore[arg-type]
    finally:
        connection.close()


def _wait_for_a_lock() -> None:
    """Until another session waits for a lock of this one, 10 s at most."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.rowcount:
                return
        time.sleep(0.05)
    pytest.fail("Nobody waits for the lock.")

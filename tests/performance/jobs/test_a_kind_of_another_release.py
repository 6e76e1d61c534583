"""A batch whose kind of job isn't installed in this process, which an older or a newer release's process made."""

import pytest

from performance.jobs import claims, control
from performance.jobs.models import Batch, Job
from performance.jobs.pump import Pump
from tests.performance.jobs.conftest import Scripted

pytestmark = pytest.mark.django_db(transaction=True)


def foreign(kind: Scripted, count: int) -> Batch:
    """Of a kind that nobody has registered."""
    batch = kind.submit(count)
    Batch.objects.filter(pk=batch.pk).update(kind="gone.kind")
    Job.objects.filter(batch=batch).update(kind="gone.kind")
    return batch


def test_it_is_cancelled_and_finished_like_any_other(kind: Scripted) -> None:
    batch = foreign(kind, 2)

    assert control.cancel(batch.pk) == 2

    batch.refresh_from_db()
    assert (batch.state, batch.cancelled) == ("cancelled", 2)
    assert not batch.slots.exists()


def test_it_is_paused_resumed_and_redriven(kind: Scripted) -> None:
    batch = foreign(kind, 1)
    Job.objects.filter(batch=batch).update(state="dead")
    Batch.objects.filter(pk=batch.pk).update(state="finished", dead=1)

    assert control.retry_dead(batch.pk) == 1
    assert control.pause(batch.pk, reason="a test") is True
    assert control.resume(batch.pk) is True

    batch.refresh_from_db()
    assert (batch.state, batch.dead) == ("running", 0)


def test_the_cancelling_of_one_half_done_holds_up_no_others(kind: Scripted) -> None:
    gone, known = foreign(kind, 1), kind.submit(1)
    Batch.objects.filter(pk__in=[gone.pk, known.pk]).update(cancel_requested_at=gone.created_at)
    pump = Pump()
    pump._due.clear()

    pump.tick()

    assert list(Batch.objects.values_list("state", flat=True)) == ["cancelled", "cancelled"]


def test_the_last_job_of_one_that_dies_holds_up_no_others(kind: Scripted) -> None:
    gone, known = foreign(kind, 1), kind.submit(1)
    for batch in (gone, known):
        claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")
    Job.objects.update(lease_until=gone.created_at, cohort_limit=0)
    Job.objects.filter(batch=gone).update(interruptions=2)
    pump = Pump()
    pump._due.clear()

    pump.tick()

    assert Job.objects.get(batch=known).state == "ready"
    gone.refresh_from_db()
    assert (gone.state, gone.dead) == ("finished", 1)

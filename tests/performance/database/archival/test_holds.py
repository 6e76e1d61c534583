"""What is on legal hold no policy touches, until it is lifted with a reason."""

from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from performance.access.models import User
from performance.audit.models import AuditEntry
from performance.audit.services import Actor
from performance.database.archival import holds
from performance.database.archival.errors import AlreadyHeld, BadHold, HoldLifted, UnknownCondition, UnknownTarget
from performance.database.archival.models import ArchivalHold
from performance.jobs.models import Job
from tests.factories import make_user
from tests.performance.database.archival.conftest import archived, ended_batch, ended_jobs, old_entries, wish

pytestmark = pytest.mark.django_db
AUDIT: dict[str, Any] = {"target": "audit", "older_than_days": 100}


@pytest.fixture
def counsel() -> User:
    return make_user(username="counsel")


def held(by: User, **which: str) -> ArchivalHold:
    return holds.place(holds.Wish(**which), reason="Case 17.", by=Actor(AuditEntry.Via.PAGE, by))


@pytest.mark.parametrize("action", ["move", "copy", "delete"])
def test_held_rows_stay_and_arent_copied(counsel: User, action: str) -> None:
    wanted, other = old_entries(2)
    held(counsel, target="audit", subject_kind="row", subject_id=str(wanted.pk))

    run = archived(wish(action, **AUDIT))

    assert run.rows == 1
    assert AuditEntry.objects.filter(pk=wanted.pk).exists()
    assert AuditEntry.objects.filter(pk=other.pk).exists() == (action == "copy")


def test_a_hold_may_be_on_a_subject_a_condition_or_all(counsel: User) -> None:
    mine, others = ended_batch(days=40), ended_batch(days=40)
    ended_jobs(2, batch=mine)
    ended_jobs(1, batch=others)
    ended_jobs(1, batch=others, cost_micros=5)
    held(counsel, target="jobs", subject_kind="batch", subject_id=str(mine.pk))
    held(counsel, target="jobs", condition="free")

    run = archived(wish())

    assert run.rows == 1
    assert not Job.objects.filter(batch=others, cost_micros=5).exists()

    everything = held(counsel, target="jobs")

    assert str(everything) == "jobs: all rows"
    assert archived(wish(older_than_days=1)).rows == 0


def test_a_lifted_hold_lets_the_rows_go(counsel: User) -> None:
    (row,) = old_entries(1)
    hold = held(counsel, target="audit", subject_kind="subject", subject_id=row.subject)
    assert archived(wish(**AUDIT)).rows == 0

    holds.lift(hold.pk, reason="Settled.", by=Actor(AuditEntry.Via.PAGE, counsel), at=timezone.now())

    assert archived(wish(**AUDIT)).rows == 1
    entries = AuditEntry.objects.filter(action__startswith="archival.").order_by("pk")
    assert list(entries.values_list("action", "actor_name", "subject", "outcome")) == [
        ("archival.hold", "counsel", "audit: subject s0", "done"),
        ("archival.lift", "counsel", f"hold {hold.pk}", "done"),
    ]


@pytest.mark.parametrize(
    ("which", "refusal"),
    [
        ({"target": "users"}, UnknownTarget),
        ({"target": "jobs", "condition": "odd"}, UnknownCondition),
        ({"target": "jobs", "subject_kind": "colour", "subject_id": "1"}, BadHold),
        ({"target": "jobs", "subject_kind": "batch"}, BadHold),
        ({"target": "jobs", "subject_kind": "batch", "subject_id": "1", "condition": "free"}, BadHold),
    ],
)
def test_what_isnt_there_cant_be_held(counsel: User, which: dict[str, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        held(counsel, **which)

    assert not ArchivalHold.objects.exists()
    assert AuditEntry.objects.get().outcome == "refused"


def test_a_hold_is_placed_and_lifted_once_and_with_a_reason(counsel: User) -> None:
    by = Actor(AuditEntry.Via.PAGE, counsel)
    hold = held(counsel, target="jobs")
    with pytest.raises(AlreadyHeld):
        held(counsel, target="jobs")
    with pytest.raises(BadHold):
        holds.lift(hold.pk, reason=" ", by=by, at=timezone.now())
    assert ArchivalHold.objects.in_force().count() == 1

    holds.lift(hold.pk, reason="Settled.", by=by, at=timezone.now())

    with pytest.raises(HoldLifted):
        holds.lift(hold.pk, reason="Again.", by=by, at=timezone.now())
    held(counsel, target="jobs")


def test_a_hold_waits_for_the_chunk_that_is_under_way_and_no_other_begins_before_it(counsel: User) -> None:
    other = connections.create_connection("default")
    try:
        with other.cursor() as chunk:
            chunk.execute("BEGIN")
            holds.wait_for_holds(chunk)
            chunk.execute("SELECT pg_try_advisory_xact_lock(hashtext('performance.database.archival.holds'))")
            assert chunk.fetchone() == (True,), "the same session may"
            chunk.execute("ROLLBACK; BEGIN")
            held(counsel, target="jobs")
            chunk.execute("SELECT pg_try_advisory_xact_lock_shared(hashtext('performance.database.archival.holds'))")
            assert chunk.fetchone() == (False,), "until the hold's transaction has ended"
            chunk.execute("ROLLBACK")
    finally:
        other.close()
